import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import type { JsonObject } from './json-lines.js';

/** What a client asks for, as the history names it. */
export interface Asked {
  readonly client: string;
  readonly op: string;
  readonly campaignId: string;
  readonly userId: string | null;
}

export interface Answer {
  readonly status: number;
  /** The answer's JSON; null when it is no JSON object. */
  readonly body: JsonObject | null;
}

/**
 * Writes a history, as `parseHistory` reads it. Its times are `performance.now()` of this process, so everything that is to
 * be compared has to be recorded by one process.
 *
 * An operation is written down before it is sent, and again with its answer: whenever the process is killed, what was
 * under way is in the file as unknown, and nothing that was answered is lost. Should the machine itself die, only what
 * was written before `close` is safe.
 */
export class HistoryRecorder {
  private readonly file: number;
  private operations = 0;

  /** @param path a new file, or one that is to be replaced */
  constructor(path: string) {
    this.file = openSync(path, 'w');
  }

  /**
   * Records what `send` does. An operation whose `send` throws was never answered: it stays unknown.
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
