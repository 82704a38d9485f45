import { startSteps } from '../../../bench/figures/start/start-steps.js';

const heard = (...lines: [at: number, line: string][]) => lines.map(([at, line]) => ({ at, line }));

describe('what a start takes its time for', () => {
  it('is told by what it says, one step after the other', () => {
    const lines = heard(
      [1_500, 'Starting PostgreSQL and Redis …'],
      [2_800, 'Migrated: First'],
      [3_000, 'Migrated: Second'],
      [5_000, '{"level":"info","msg":"Listening"}'],
    );
    expect(startSteps(1_000, lines, 5_250)).toEqual({ tool: 0.5, servers: 1.5, service: 2, claim: 0.25 });
  });

  it('leaves no time out where a step says nothing', () => {
    const lines = heard([1_500, 'Starting PostgreSQL and Redis …'], [4_000, '{"msg":"Listening"}']);
    expect(startSteps(1_000, lines, 4_500)).toEqual({ tool: 0.5, service: 2.5, claim: 0.5 });
  });
});
