import { FAILPOINT_ACTIONS } from '../../../src/platform/config/settings/process.js';
import { IS_DEEP } from '../depth.js';
import { ServiceProcess } from '../service-process.js';
import type { CrashCase, CrashPoint } from './crash-case.js';
import { Lane } from './lane.js';
import { runCase } from './run-case.js';

/** How many cases run at a time: half of the time they wait for leases. */
const LANES = 2;

/** A bound for a very busy machine; a quiet one needs a few seconds. */
const HANGS_AFTER_MS = 180_000;

/**
 * One test for each point and action: a SIGKILL, a freeze for longer than the lease, an error. Unless DEEP, each point
 * gets one action, in turn.
 */
export function crashMatrix(
  points: readonly CrashPoint[],
  variables: () => Readonly<Record<string, string>> = () => ({}),
  bankLog?: string,
): void {
  const cases = points.flatMap((point, at) =>
    FAILPOINT_ACTIONS.filter((_, turn) => IS_DEEP || turn === at % FAILPOINT_ACTIONS.length).map(
      (action): CrashCase => ({ ...point, action }),
    ),
  );
  const idle: Lane[] = [];
  const waiting: ((lane: Lane) => void)[] = [];
  const runs = new Map<CrashCase, Promise<void>>();

  beforeAll(async () => {
    // One after the other, because each starts two processes.
    while (idle.length < LANES) idle.push(await Lane.open(variables(), bankLog));
  }, HANGS_AFTER_MS);

  afterAll(async () => {
    await Promise.allSettled(runs.values()); // a case may have begun whose test was not selected
    await Promise.all(idle.map((lane) => lane.close()));
    await ServiceProcess.killAll();
  }, HANGS_AFTER_MS);

  const giveBack = (lane: Lane): void => {
    const next = waiting.shift();
    if (next) next(lane);
    else idle.push(lane);
  };

  const begin = (crash: CrashCase): Promise<void> => {
    const run = runs.get(crash) ?? onALane(crash);
    runs.set(crash, run);
    return run;
  };

  const onALane = async (crash: CrashCase): Promise<void> => {
    const lane = idle.pop() ?? (await new Promise<Lane>((resolve) => waiting.push(resolve)));
    try {
      await runCase(lane, crash);
    } finally {
      giveBack(lane);
    }
  };

  const titled = cases.map((crash) => ({ ...crash, crash, by: crash.provoke.name }));
  it.each(titled)(
    '$point in $role, by $by: $action',
    async ({ crash }) => {
      // The next cases begin at the same time, as far as there are lanes.
      const at = cases.indexOf(crash);
      const [own] = cases.slice(at, at + LANES).map((upcoming) => {
        const run = begin(upcoming);
        run.catch(() => undefined); // its own test reports it
        return run;
      });
      await own;
    },
    HANGS_AFTER_MS,
  );
}
