import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import type { JsonObject } from './json-lines.js';

/** A request as the history names it. */
export interface Asked {
  readonly client: string;
  readonly op: string;
  readonly campaignId: string;
  readonly userId: string | null;
}

export interface Answer {
  readonly status: number;
  /** The answer's JSON; null if it is not a JSON object. */
  readonly body: JsonObject | null;
}

/**
 * Writes a history in the format of `parseHistory`. Its times are `performance.now()` of this process, so operations
 * that are compared must be recorded by one process.
 *
 * An operation is written before it is sent, and again with its answer. If the process is killed, operations in flight
 * are in the file as unknown, and no answer is lost. If the machine dies, only what was written before `close` is safe.
 */
export class HistoryRecorder {
  private readonly file: number;
  private operations = 0;

  /** @param path the file to create or replace */
  constructor(path: string) {
    this.file = openSync(path, 'w');
  }

  /**
   * Records the operation that `send` performs. If `send` throws, the operation stays unknown.
   * @returns what `send` returns
   * @throws what `send` throws
   */
  async record<T extends Answer>(asked: Asked, send: () => Promise<T>): Promise<T> {
    const { client, op, campaignId, userId } = asked;
    const begun = { id: ++this.operations, client, op, campaignId, userId, start: performance.now() };
    this.write({ ...begun, end: null, status: null, body: null });
    const answer = await send();
    const { status, body } = answer;
    this.write({ ...begun, end: performance.now(), status, body });
    return answer;
  }

  close(): void {
    fsyncSync(this.file);
    closeSync(this.file);
  }

  private write(line: object): void {
    writeSync(this.file, `${JSON.stringify(line)}\n`);
  }
}
