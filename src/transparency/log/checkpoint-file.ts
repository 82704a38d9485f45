import { randomUUID } from 'node:crypto';
import { type FileHandle, link, open, readFile, readdir, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CheckpointConflict, CheckpointStore } from './checkpoint-store.js';

const NUMBER = /^[1-9][0-9]{0,14}$/;
/** `<number>-<uuid>`: no two writers have the same one, though both may be process 1 of a container. */
const DRAFT = /^([1-9][0-9]{0,14})-[0-9a-f-]{36}$/;

/**
 * Keeps the checkpoint in files `<path>.1`, `<path>.2`, …, of which the highest one counts. A file appears under its
 * number whole, synced, and only if nobody has taken the number (`link`), so a process that was frozen for long can't
 * put an older checkpoint over a newer one. The one before is removed afterwards, with drafts that dead processes left.
 */
export class CheckpointFile extends CheckpointStore {
  constructor(private readonly path: string) {
    super();
  }

  async read(): Promise<string | null> {
    const number = await this.highest();
    if (number === 0) return null;
    try {
      return await readFile(this.numbered(number), 'utf8');
    } catch (error) {
      if (isCode(error, 'ENOENT')) return this.read(); // a higher one is there by now
      throw error;
    }
  }

  async replace(expected: string | null, note: string): Promise<void> {
    const number = await this.highest();
    const kept = number === 0 ? null : await readFile(this.numbered(number), 'utf8').catch(() => null);
    if (kept !== expected) throw new CheckpointConflict('Another checkpoint was kept meanwhile.');
    const draft = `${this.numbered(number + 1)}-${randomUUID()}`;
    await writeSynced(draft, note);
    try {
      await link(draft, this.numbered(number + 1));
    } catch (error) {
      if (isCode(error, 'EEXIST')) throw new CheckpointConflict('Another checkpoint was kept meanwhile.');
      if (isCode(error, 'ENOENT')) throw new CheckpointConflict('A later checkpoint was kept meanwhile.');
      throw error;
    } finally {
      await unlink(draft).catch(() => undefined); // the next one removes it
    }
    await syncFolder(dirname(this.path));
    if ((await this.highest()) !== number + 1)
      throw new CheckpointConflict('A later checkpoint was kept meanwhile.');
    await this.removeUpTo(number);
  }

  /** The higher one counts anyway; whoever still writes a lower one is told of the conflict. */
  private async removeUpTo(number: number): Promise<void> {
    for (const text of await this.suffixes()) {
      const itsNumber = Number(DRAFT.exec(text)?.[1] ?? (NUMBER.test(text) ? text : Infinity));
      if (itsNumber <= number) await unlink(`${this.path}.${text}`).catch(() => undefined);
    }
  }

  private numbered(number: number): string {
    return `${this.path}.${number}`;
  }

  /** 0 when nothing was kept. */
  private async highest(): Promise<number> {
    const numbers = (await this.suffixes()).filter((text) => NUMBER.test(text)).map(Number);
    return Math.max(0, ...numbers);
  }

  /** What follows `<path>.` in the names of files. */
  private async suffixes(): Promise<string[]> {
    const prefix = `${basename(this.path)}.`;
    const names = await readdir(dirname(this.path));
    return names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  }
}

async function writeSynced(path: string, text: string): Promise<void> {
  await withFile(path, 'w', async (file) => {
    await file.writeFile(text);
    await file.sync();
  });
}

/** A new name is durable once its folder is. */
async function syncFolder(path: string): Promise<void> {
  await withFile(join(path, '.'), 'r', (folder) => folder.sync());
}

async function withFile(
  path: string,
  flags: string,
  work: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const file = await open(path, flags);
  try {
    await work(file);
  } finally {
    await file.close();
  }
}

function isCode(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException).code === code;
}
