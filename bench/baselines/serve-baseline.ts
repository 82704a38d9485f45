import type { FromBaseline, ToBaseline } from './baseline-messages.js';

/** The interface of a baseline program. */
export interface Baseline {
  listen(port: number): Promise<unknown>;
  /** Begins a new campaign of `capacity` slots. No requests arrive meanwhile. */
  fresh(capacity: number): Promise<void>;
  /** Absent if nobody is paid. */
  readonly payouts?: {
    /** How many accepted users are not paid yet. Cheap. */
    unpaid(): Promise<number>;
    /** How many are paid according to the books. */
    paid(): Promise<number>;
  };
}

export const host = '127.0.0.1';

/** A variable that the starter of a baseline must set. */
export function setting(name: 'PORT' | 'JWT_SECRET' | 'DATABASE_URL' | 'REDIS_URL'): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: baselines are started by "npm run bench".`);
  return value;
}

function tell(message: FromBaseline): void {
  process.send?.(message);
}

async function answer(baseline: Baseline, message: ToBaseline): Promise<void> {
  if (message.kind === 'fresh') {
    await baseline.fresh(message.capacity);
    tell({ kind: 'fresh' });
  } else {
    tell({ kind: message.kind, count: (await baseline.payouts?.[message.kind]()) ?? 0 });
  }
}

function fail(error: unknown): void {
  console.error(error);
  process.exit(1);
}

/** Serves on PORT and handles the parent's messages until the parent is gone. */
export function serveBaseline(starting: Promise<Baseline>): void {
  process.on('disconnect', () => process.exit(0)); // the baseline ends when its bench is killed
  starting
    .then(async (baseline) => {
      process.on('message', (message: ToBaseline) => {
        answer(baseline, message).catch(fail);
      });
      await baseline.listen(Number(setting('PORT')));
      tell({ kind: 'listening' });
    })
    .catch(fail);
}
