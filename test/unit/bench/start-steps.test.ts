import { startSteps } from '../../../bench/figures/start/start-steps.js';

const heard = (...lines: [at: number, line: string][]) => lines.map(([at, line]) => ({ at, line }));

describe('the steps of a start', () => {
  it('are derived from its output, one after the other', () => {
    const lines = heard(
      [1_500, 'Starting PostgreSQL and Redis …'],
      [2_800, 'Migrated: First'],
      [3_000, 'Migrated: Second'],
      [5_000, '{"level":"info","msg":"Listening"}'],
    );
    expect(startSteps(1_000, lines, 5_250)).toEqual({ tool: 0.5, servers: 1.5, service: 2, claim: 0.25 });
  });

  it('include the time of a step without output in the next step', () => {
    const lines = heard([1_500, 'Starting PostgreSQL and Redis …'], [4_000, '{"msg":"Listening"}']);
    expect(startSteps(1_000, lines, 4_500)).toEqual({ tool: 0.5, service: 2.5, claim: 0.5 });
  });
});
