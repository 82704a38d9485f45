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
  /** Up to which byte the file can be read. */
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
 * What a log file says; what follows the last whole line was torn by a crash and is left out.
 * @throws StackError for any other damage: a witness with gaps is none
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

/** Makes a new file's name durable as well. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync();
  await handle.close();
}

/**
 * The bank's memory: JSON lines, only ever appended. Whoever acts on a line waits for `untilDurable` first; all
 * that wait at one time share one fsync.
 */
export class BankLog {
  /** Rejects when the log can't be written any more: then nothing that waits is ever answered. */
  readonly failed: Promise<never>;
  private fail!: (error: unknown) => void;
  private seq: number;
  private durableSeq: number;
  private unwritten: string[] = [];
  private waiting: Waiting[] = [];
  private writing: Promise<void> | undefined;

  private constructor(
    private readonly file: FileHandle,
    /** What was there when the log was opened. */
    readonly history: readonly LogLine[],
  ) {
    this.seq = this.durableSeq = history.length;
    this.failed = new Promise((_, reject) => (this.fail = reject));
    this.failed.catch(() => undefined);
  }

  /** @param say takes the sentence about a line that was torn, and cut off */
  static async open(path: string, say: (sentence: string) => void): Promise<BankLog> {
    const file = await openFile(path).catch((error: unknown) => {
      throw new StackError(`The bank's log can't be written: ${String(error)}`);
    });
    const bytes = await readFile(path);
    const { lines, soundBytes } = readBack(path, bytes);
    if (soundBytes < bytes.length) {
      say(`The last line of ${path} was torn: ${bytes.length - soundBytes} bytes of it were cut off.`);
      await file.truncate(soundBytes);
    }
    // What a killed bank wrote but didn't sync is going to be acted on now.
    await file.sync();
    await syncFolder(dirname(path));
    return new BankLog(file, lines);
  }

  /** Numbers and dates a line and writes it soon. It isn't durable yet. */
  append<Entry extends TransferEntry | FaultEntry>(entry: Entry): Entry & { seq: number; at: string } {
    const line = { seq: ++this.seq, at: new Date().toISOString(), ...entry };
    this.unwritten.push(`${JSON.stringify(line)}\n`);
    this.writing ??= this.writeAll();
    return line;
  }

  /** Fulfilled when the line of this number, and so all before it, would outlive a power cut. */
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
    await Promise.resolve(); // lines of the same turn go together
    try {
      while (this.unwritten.length > 0 || this.waiting.length > 0) {
        const lines = this.unwritten.join('');
        const written = this.seq;
        this.unwritten = [];
        if (lines) await this.file.appendFile(lines);
        if (this.waiting.length === 0) continue; // lines that nobody waits for: faults
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
