import { FAILPOINT_ACTIONS } from '../../../src/platform/config/environment.js';
import { ServiceProcess } from '../service-process.js';
import type { CrashCase, CrashPoint } from './crash-case.js';
import { Lane } from './lane.js';
import { runCase } from './run-case.js';

/** Cases at a time: they wait for leases half of the time. */
const LANES = 2;

/** A bound for a machine that is very busy; a quiet one needs a few seconds. */
const HANGS_AFTER_MS = 180_000;

/** One test a point and action: each is broken by a SIGKILL, by being frozen for longer than its lease, by an error. */
export function crashMatrix(
  points: readonly CrashPoint[],
  variables: () => Readonly<Record<string, string>> = () => ({}),
  bankLog?: string,
): void {
  const cases = points.flatMap((point) =>
    FAILPOINT_ACTIONS.map((action): CrashCase => ({ ...point, action })),
  );
  const idle: Lane[] = [];
  const waiting: ((lane: Lane) => void)[] = [];
  const runs = new Map<CrashCase, Promise<void>>();

  beforeAll(async () => {
    // One after the other: each starts two processes already.
    while (idle.length < LANES) idle.push(await Lane.open(variables(), bankLog));
  }, HANGS_AFTER_MS);

  afterAll(async () => {
    await Promise.allSettled(runs.values()); // one may have begun whose test was not chosen
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
      // The next ones begin with it, as far as there are lanes.
      const at = cases.indexOf(crash);
      const [own] = cases.slice(at, at + LANES).map((upcoming) => {
        const run = begin(upcoming);
        run.catch(() => undefined); // its own test tells
        return run;
      });
      await own;
    },
    HANGS_AFTER_MS,
  );
}
