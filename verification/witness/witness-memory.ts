import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Checkpoint, parseCheckpoint } from '../../src/transparency/formats/checkpoint.js';
import { parseNote } from '../../src/transparency/formats/signed-note.js';
import { writeDurably } from './durable-file.js';

/** The last checkpoint of a log that was cosigned. */
export interface Remembered {
  readonly checkpoint: Checkpoint;
  /** With the log's signature and the cosignature. */
  readonly note: string;
}

/** SHA-256 of the origin in hex: names the log in paths (C2SP tlog-witness). */
export function originHash(origin: string): string {
  return createHash('sha256').update(origin).digest('hex');
}

/** What a witness must never forget: a file for each log, named after its origin. */
export class WitnessMemory {
  constructor(private readonly folder: string) {}

  /**
   * @returns undefined if no checkpoint of this log was ever cosigned
   * @throws MalformedFormat when the file is damaged: nothing may be cosigned then
   */
  async last(origin: string): Promise<Remembered | undefined> {
    const note = await readFile(this.fileOf(origin), 'utf8').catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    });
    return note === undefined ? undefined : { checkpoint: parseCheckpoint(parseNote(note).text), note };
  }

  /** Returns once it survives a power cut. */
  async remember(origin: string, note: string): Promise<void> {
    await writeDurably(this.fileOf(origin), note);
  }

  private fileOf(origin: string): string {
    return join(this.folder, `${originHash(origin)}.checkpoint`);
  }
}
