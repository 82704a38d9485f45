import type { DataSource } from 'typeorm';
import { commitToFrozenList, type FrozenList } from './frozen-list.js';

/** A list that is being read. */
export interface ReadingOfList {
  /** What the terms commit to; null while the list is read. @throws what ended the reading */
  readonly root: string | null;
}

/**
 * Reads lists that are frozen beside the rounds of the log, which goes on meanwhile for all other campaigns. One list
 * at a time, for the memory that it takes.
 */
export class FrozenLists {
  private readonly stop: AbortSignal;
  private readonly ending = new AbortController();
  private last: Promise<unknown> = Promise.resolve();

  /** @param stop ends all readings */
  constructor(
    private readonly source: DataSource,
    stop: AbortSignal,
  ) {
    this.stop = AbortSignal.any([stop, this.ending.signal]);
  }

  /** Begins to read a list, once those before are read. */
  read(list: FrozenList): ReadingOfList {
    const reading = new Reading(this.last.then(() => commitToFrozenList(this.source, list, this.stop)));
    this.last = reading.end;
    return reading;
  }

  /** Ends all readings, and waits for the statements that are under way. */
  async end(): Promise<void> {
    this.ending.abort();
    await this.last;
  }
}

class Reading implements ReadingOfList {
  /** When it is over, however that came about. */
  readonly end: Promise<void>;
  private found: string | null = null;
  private failure: { readonly error: unknown } | null = null;

  constructor(root: Promise<string>) {
    this.end = root.then(
      (found) => {
        this.found = found;
      },
      (error: unknown) => {
        this.failure = { error };
      },
    );
  }

  get root(): string | null {
    if (this.failure) throw this.failure.error;
    return this.found;
  }
}
