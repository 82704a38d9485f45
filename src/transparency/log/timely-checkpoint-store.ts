import { setTimeout as sleep } from 'node:timers/promises';
import { CheckpointStore } from './checkpoint-store.js';

/** The store of checkpoints did not answer: nothing is signed until it does. */
export class CheckpointStoreSilent extends Error {
  override readonly name = 'CheckpointStoreSilent';
}

/**
 * Waits for a store no longer than a deadline, since a volume may hang for ever. What was begun goes on, and nothing
 * else is begun before it has ended: each call that hangs keeps one of the process's threads. A checkpoint that is kept
 * after its deadline is found by whoever reads the store next, as one of a process that was frozen is.
 */
export class TimelyCheckpointStore extends CheckpointStore {
  /** Whether a call has not ended: also one that nobody waits for any more. */
  private isBusy = false;

  constructor(
    private readonly store: CheckpointStore,
    private readonly deadlineMs: number,
  ) {
    super();
  }

  /** @throws CheckpointStoreSilent after the deadline; at once, with nothing begun, if an earlier call has not ended */
  read(): Promise<string | null> {
    return this.withinDeadline(() => this.store.read());
  }

  /** @throws CheckpointStoreSilent as `read`; the note may be kept, or be kept later */
  replace(expected: string | null, note: string): Promise<void> {
    return this.withinDeadline(() => this.store.replace(expected, note));
  }

  private async withinDeadline<T>(call: () => Promise<T>): Promise<T> {
    if (this.isBusy) throw this.silence();
    this.isBusy = true;
    const answer = call().finally(() => (this.isBusy = false));
    const end = new AbortController();
    const deadline = sleep(this.deadlineMs, undefined, { signal: end.signal }).then(() => {
      throw this.silence();
    });
    try {
      return await Promise.race([answer, deadline]);
    } finally {
      end.abort();
      for (const late of [answer, deadline]) late.catch(() => undefined);
    }
  }

  private silence(): CheckpointStoreSilent {
    return new CheckpointStoreSilent(
      `The store of checkpoints has not answered within ${this.deadlineMs} ms.`,
    );
  }
}
