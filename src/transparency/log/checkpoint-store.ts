/**
 * Keeps the last checkpoint that was signed, outside of Postgres: a database that was set back does not take it along.
 * Without it nothing is signed. Whoever can write it can have the log show two histories.
 */
export abstract class CheckpointStore {
  /** The signed note that was kept last; null when nothing was. */
  abstract read(): Promise<string | null>;

  /**
   * Replaces what was kept, durably.
   * @param expected what `read` returned
   * @throws CheckpointConflict when something else is kept by now
   */
  abstract replace(expected: string | null, note: string): Promise<void>;
}

/** Somebody else has kept another checkpoint meanwhile. */
export class CheckpointConflict extends Error {
  override readonly name = 'CheckpointConflict';
}
