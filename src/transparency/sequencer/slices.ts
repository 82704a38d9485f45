import { setImmediate as nextTurn } from 'node:timers/promises';

/** What waits meanwhile is late by so much. */
const SLICE_MS = 5;

/**
 * Divides long work into slices, between which the process does whatever else waits. Ask `isOver` between steps of less
 * than a millisecond, and if it is, await `next`.
 */
export class Slices {
  private endsAt = performance.now() + SLICE_MS;

  get isOver(): boolean {
    return performance.now() >= this.endsAt;
  }

  async next(): Promise<void> {
    await nextTurn();
    this.endsAt = performance.now() + SLICE_MS;
  }
}
