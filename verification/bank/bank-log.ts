import { type FileHandle, mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StackError } from '../../tools/stack/stack-error.js';
import type { FaultEntry, LogLine, TransferEntry } from './log-line.js';

interface Waiting {
  readonly seq: number;
  readonly tell: () => void;
}

interface ReadBack {
  readonly lines: LogLine[];
  /** The number of bytes up to which the file is readable. */
  readonly soundBytes: number;
}

const lineFeed = 0x0a;

function lineOf(text: string): LogLine | undefined {
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return undefined;
  }
}

/**
 * Reads a log file. The rest after the last complete line was torn by a crash and is left out.
 * @throws StackError for any other damage: a log with gaps proves nothing
 */
function readBack(file: string, bytes: Buffer): ReadBack {
  const lines: LogLine[] = [];
  let start = 0;
  for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, start)) {
    const line = lineOf(bytes.toString('utf8', start, end));
    if (line?.seq !== lines.length + 1) {
      if (line === undefined && end === bytes.length - 1) break;
      throw new StackError(`Line ${lines.length + 1} of ${file} is damaged: give the bank another log.`);
    }
    lines.push(line);
    start = end + 1;
  }
  return { lines, soundBytes: start };
}

async function openFile(path: string): Promise<FileHandle> {
  await mkdir(dirname(path), { recursive: true });
  return open(path, 'a', 0o600);
}

/** Makes a new file's directory entry durable as well. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync();
  await handle.close();
}

/**
 * The bank's memory: append-only JSON lines. Callers await `untilDurable` before they act on a line. Concurrent waiters
 * share one fsync.
 */
export class BankLog {
  /** Rejects when the log cannot be written any more. Requests that wait for it then stay unanswered. */
  readonly failed: Promise<never>;
  private fail!: (error: unknown) => void;
  private seq: number;
  private durableSeq: number;
  private unwritten: string[] = [];
  private waiting: Waiting[] = [];
  private writing: Promise<void> | undefined;

  private constructor(
    private readonly file: FileHandle,
    /** The lines at the time of opening. */
    readonly history: readonly LogLine[],
  ) {
    this.seq = this.durableSeq = history.length;
    this.failed = new Promise((_, reject) => (this.fail = reject));
    this.failed.catch(() => undefined);
  }

  /** @param say receives a message about a torn line that was cut off */
  static async open(path: string, say: (sentence: string) => void): Promise<BankLog> {
    const file = await openFile(path).catch((error: unknown) => {
      throw new StackError(`The bank's log can't be written: ${String(error)}`);
    });
    const bytes = await readFile(path);
    const { lines, soundBytes } = readBack(path, bytes);
    if (soundBytes < bytes.length) {
      say(`The last line of ${path} was torn: its ${bytes.length - soundBytes} bytes were cut off.`);
      await file.truncate(soundBytes);
    }
    // From now on the bank acts on lines that a killed bank wrote but did not sync.
    await file.sync();
    await syncFolder(dirname(path));
    return new BankLog(file, lines);
  }

  /** Numbers and dates a line and schedules its write. The line is not durable yet. */
  append<Entry extends TransferEntry | FaultEntry>(entry: Entry): Entry & { seq: number; at: string } {
    const line = { seq: ++this.seq, at: new Date().toISOString(), ...entry };
    this.unwritten.push(`${JSON.stringify(line)}\n`);
    this.writing ??= this.writeAll();
    return line;
  }

  /** Resolves when this line, and so every earlier one, survives a power cut. */
  async untilDurable(seq: number): Promise<void> {
    if (seq <= this.durableSeq) return;
    await new Promise<void>((tell) => {
      this.waiting.push({ seq, tell });
      this.writing ??= this.writeAll();
    });
  }

  /** The number of the latest line, durable or not. */
  get latestSeq(): number {
    return this.seq;
  }

  async close(): Promise<void> {
    await this.untilDurable(this.seq);
    await this.file.close();
  }

  private async writeAll(): Promise<void> {
    await Promise.resolve(); // lines of the same event-loop turn are written together
    try {
      while (this.unwritten.length > 0 || this.waiting.length > 0) {
        const lines = this.unwritten.join('');
        const written = this.seq;
        this.unwritten = [];
        if (lines) await this.file.appendFile(lines);
        if (this.waiting.length === 0) continue; // no line needs to be durable: faults only
        await this.file.datasync();
        this.durableSeq = written;
        const done = this.waiting.filter(({ seq }) => seq <= written);
        this.waiting = this.waiting.filter(({ seq }) => seq > written);
        for (const { tell } of done) tell();
      }
      this.writing = undefined;
    } catch (error) {
      this.fail(new StackError(`The bank's log can't be written: ${String(error)}`));
    }
  }
}
