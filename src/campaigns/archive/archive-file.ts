import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The format of the lines that follow. A later format gets another number. */
const FORMAT = 'seonchak-archive/1';

/** The contents of an archive, by its own last line. */
export interface Manifest {
  readonly campaignId: string;
  /** Number of rows by table. */
  readonly rows: Readonly<Record<string, number>>;
  /** Of every byte before the last line, hexadecimal. */
  readonly sha256: string;
}

/** An archive that was read to its end and matches its manifest. */
export interface VerifiedArchive extends Manifest {
  /** Since when nothing of the campaign was written any more; null when it was archived without being removed. */
  readonly archivedAt: string | null;
}

/** There is nothing to archive, or a file is not the expected archive. The message is a sentence for the operator. */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError';
}

/**
 * Writes an archive as JSON Lines: `{"archive", "campaign"}`, then `{"table", "row"}` for each row, as Postgres prints
 * it, and last `{"manifest"}`. The file gets its name once it is whole and on disk, not before.
 */
export class ArchiveWriter {
  private readonly hash = createHash('sha256');
  private readonly rows: Record<string, number> = {};

  private constructor(
    private readonly file: FileHandle,
    private readonly path: string,
    private readonly campaignId: string,
  ) {}

  static async create(path: string, campaignId: string): Promise<ArchiveWriter> {
    const writer = new ArchiveWriter(await open(partial(path), 'w', 0o600), path, campaignId);
    await writer.write(`${JSON.stringify({ archive: FORMAT, campaign: campaignId })}\n`);
    return writer;
  }

  /** @param rows each as JSON */
  async add(table: string, rows: readonly string[]): Promise<void> {
    this.rows[table] = (this.rows[table] ?? 0) + rows.length;
    await this.write(rows.map((row) => `{"table":"${table}","row":${row}}\n`).join(''));
  }

  async finish(): Promise<Manifest> {
    const manifest = { campaignId: this.campaignId, rows: this.rows, sha256: this.hash.digest('hex') };
    await this.file.appendFile(`${JSON.stringify({ manifest })}\n`);
    await this.file.sync();
    await this.file.close();
    await rename(partial(this.path), this.path);
    const folder = await open(dirname(this.path));
    await folder.sync().finally(() => folder.close());
    return manifest;
  }

  /** Removes what was written so far. */
  async abandon(): Promise<void> {
    await this.file.close();
    await rm(partial(this.path), { force: true });
  }

  private async write(text: string): Promise<void> {
    this.hash.update(text);
    await this.file.appendFile(text);
  }
}

const partial = (path: string): string => `${path}.partial`;

/**
 * Reads an archive to its end, one line at a time.
 * @throws ArchiveError unless it is whole: every line can be read, and the row counts and the SHA-256 are those of its
 *   manifest
 */
export async function verifyArchive(path: string): Promise<VerifiedArchive> {
  const hash = createHash('sha256');
  const rows: Record<string, number> = {};
  let archivedAt: string | null = null;
  let last: string | undefined;
  let number = 0;
  for await (const line of linesOf(path)) {
    if (last !== undefined) {
      number++;
      hash.update(`${last}\n`);
      const { archive, table, row } = parse(path, number, last);
      if (number === 1 && archive !== FORMAT)
        throw new ArchiveError(`${path} is not an archive of a campaign.`);
      if (number > 1) {
        if (table === undefined || row === undefined)
          throw new ArchiveError(`Line ${number} of ${path} is not a row.`);
        rows[table] = (rows[table] ?? 0) + 1;
        if (table === 'campaigns') archivedAt = row.archived_at ?? null;
      }
    }
    last = line;
  }
  const manifest = last === undefined ? undefined : parse(path, number + 1, last).manifest;
  if (!manifest) throw new ArchiveError(`${path} has no manifest at its end: it is incomplete.`);
  if (hash.digest('hex') !== manifest.sha256)
    throw new ArchiveError(`${path} does not match its SHA-256: it was changed.`);
  const tables = new Set([...Object.keys(rows), ...Object.keys(manifest.rows)]);
  for (const table of tables) {
    if ((rows[table] ?? 0) !== (manifest.rows[table] ?? 0))
      throw new ArchiveError(`${path} holds another number of ${table} than its manifest.`);
  }
  return { ...manifest, archivedAt };
}

interface Line {
  readonly archive?: string;
  readonly table?: string;
  readonly row?: { readonly archived_at?: string | null };
  readonly manifest?: Manifest;
}

function parse(path: string, number: number, line: string): Line {
  try {
    return JSON.parse(line) as Line;
  } catch {
    throw new ArchiveError(`Line ${number} of ${path} can't be read.`);
  }
}

/** The lines of a file, without their ends. Text after the last line end is a line that is not whole. */
async function* linesOf(path: string): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of createReadStream(path, 'utf8') as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') throw new ArchiveError(`${path} ends in the middle of a line: it is incomplete.`);
}
