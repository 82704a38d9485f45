import { Logger } from '@nestjs/common';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError } from '../../src/platform/config/configuration-error.js';
import { readEnvironment } from '../../src/platform/config/read-environment.js';
import { FAILPOINTS } from '../../src/platform/failpoints/failpoint.js';
import { FailpointError, Failpoints } from '../../src/platform/failpoints/failpoints.js';

const NEEDED = {
  DATABASE_URL: 'postgres://user:hidden-1@localhost/db',
  REDIS_URL: 'redis://:hidden-2@localhost/0',
  JWT_SECRET: 'hidden-3 hidden-3 hidden-3 hidden-3',
};

function armedWith(setting?: string): Failpoints {
  return new Failpoints(readEnvironment(setting === undefined ? NEEDED : { ...NEEDED, FAILPOINTS: setting }));
}

/** The signals that `work` would have sent to this process. */
function signalsOf(work: () => void): string[] {
  const kill = jest.spyOn(process, 'kill').mockReturnValue(true);
  try {
    work();
    return kill.mock.calls.map(([pid, signal]) => `${pid === process.pid ? 'itself' : pid} ${signal}`);
  } finally {
    kill.mockRestore();
  }
}

/** All tests against real servers, as text. */
const TESTS = ['e2e', 'integration']
  .map((folder) => join(__dirname, '..', folder))
  .flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.test.ts'))
      .map((file) => readFileSync(join(folder, file), 'utf8')),
  )
  .join('\n');

describe('failpoints', () => {
  it.each(FAILPOINTS)('%s is one at which a test breaks a process', (point) => {
    expect(TESTS).toContain(`'${point}`);
  });

  beforeAll(() => Logger.overrideLogger(false));

  it('cannot be set in production', () => {
    const production = { ...NEEDED, NODE_ENV: 'production' };
    expect(readEnvironment(production).FAILPOINTS).toBeUndefined();
    expect(readEnvironment({ ...production, FAILPOINTS: '' }).FAILPOINTS).toBeUndefined();
    const setting = `${FAILPOINTS[0]}:error`;
    expect(() => readEnvironment({ ...production, FAILPOINTS: setting })).toThrow(ConfigurationError);
    expect(() => readEnvironment({ ...production, FAILPOINTS: setting })).toThrow(
      /FAILPOINTS must not be set/,
    );
  });

  it.each(FAILPOINTS)('do nothing if none is set: %s', (name) => {
    const inert = armedWith();
    const signals = signalsOf(() => {
      for (let reached = 0; reached < 1_000; reached++) inert.reach(name);
    });
    expect(signals).toEqual([]);
  });

  it('cost the flows nothing then, and allocate nothing', () => {
    const inert = armedWith();
    const reaches = 1_000_000;
    const work = (): void => {
      for (let reached = 0; reached < reaches; reached++) inert.reach('gate.decided');
    };
    work(); // so that it is compiled
    // The garbage collector may run in between, so the minimum of several tries counts.
    const allocated = Array.from({ length: 5 }, () => {
      const before = process.memoryUsage().heapUsed;
      work();
      return Math.abs(process.memoryUsage().heapUsed - before);
    });
    expect(Math.min(...allocated)).toBeLessThan(reaches); // less than a byte each
  });

  it('fire at the given reach, and only then', () => {
    const armed = armedWith('gate.decided:error@3');
    armed.reach('gate.decided');
    armed.reach('claim.committed');
    armed.reach('gate.decided');
    expect(() => armed.reach('gate.decided')).toThrow(FailpointError);
    armed.reach('gate.decided');
  });

  it('kill, freeze or fail, each according to its own setting', () => {
    const armed = armedWith('gate.decided:kill,claim.committed:stop@2,doorbell.rung:error');
    const signals = signalsOf(() => {
      armed.reach('gate.decided');
      armed.reach('claim.committed');
      armed.reach('claim.committed');
      expect(() => armed.reach('doorbell.rung')).toThrow(/doorbell\.rung/);
    });
    expect(signals).toEqual(['itself SIGKILL', 'itself SIGSTOP']);
  });

  it.each(['gate.decided', 'gate.decided:explode', 'gate.decided:kill@0', 'gate.decided:kill;x', 'kill'])(
    'cannot be set by %s: the complaint names the variable',
    (setting) => {
      expect(() => readEnvironment({ ...NEEDED, FAILPOINTS: setting })).toThrow(/FAILPOINTS must be/);
    },
  );

  it('with an unknown name prevent the start: such a fault would never fire', () => {
    expect(() => armedWith('gate.decidet:kill')).toThrow(ConfigurationError);
    expect(() => armedWith('gate.decidet:kill')).toThrow(/FAILPOINTS.*gate\.decidet/);
  });

  it('have unique names, which the variable accepts', () => {
    expect(new Set(FAILPOINTS).size).toBe(FAILPOINTS.length);
    for (const name of FAILPOINTS) expect(() => armedWith(`${name}:error`)).not.toThrow();
  });
});
