import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeEntries } from '../formats/entry-bundle.js';
import { EligibleListReader } from '../formats/eligible-list.js';
import { parseLeaf } from '../formats/leaf.js';
import { TILE_WIDTH, tilePath } from '../formats/tile-path.js';
import { listPath } from './list-path.js';
import type { LogSource } from './log-source.js';
import { writeWhole } from './whole-file.js';

/** The file of a copy that says how many of its leaves have their lists beside them. */
const PROGRESS = 'eligible-copied';
const TERMS = 'v1 terms ';

/** What became of the lists that the log commits to. */
export interface CopiedLists {
  readonly lists: number;
  /** Those that could not be had, which the next copy asks for again. */
  readonly missing: readonly MissingList[];
}

export interface MissingList {
  readonly campaign: string;
  readonly cause: unknown;
}

/** A list that the terms in the log commit to. */
interface CommittedList {
  readonly index: number;
  readonly campaign: string;
  readonly root: string;
}

/**
 * Copies the lists of who may claim that the leaves of a copy commit to, as far as the folder lacks them. A list of
 * another root than the terms say is not taken. A source that has none any more is not asked again: a list goes with
 * its campaign.
 * @param size of the copy, whose bundles are in the folder
 */
export async function copyLists(source: LogSource, folder: string, size: number): Promise<CopiedLists> {
  let lists = 0;
  const missing: MissingList[] = [];
  let firstMissing = size;
  const from = await leavesLookedThrough(folder);
  for await (const list of committedLists(folder, from, size)) {
    try {
      if (await copyList(source, folder, list)) lists += 1;
    } catch (cause) {
      missing.push({ campaign: list.campaign, cause });
      firstMissing = Math.min(firstMissing, list.index);
    }
  }
  if (firstMissing !== from) await writeWhole(join(folder, PROGRESS), Buffer.from(`${firstMissing}\n`));
  return { lists, missing };
}

/** @returns whether it was not there before, and is now */
async function copyList(source: LogSource, folder: string, list: CommittedList): Promise<boolean> {
  const path = join(folder, listPath(list.campaign));
  if (await isThere(path)) return false;
  const chunks = await source.list(list.campaign);
  if (chunks === null) return false;
  await writeWhole(path, checked(chunks, list));
  return true;
}

async function* checked(chunks: AsyncIterable<Uint8Array>, { campaign, root }: CommittedList) {
  const reader = new EligibleListReader();
  for await (const chunk of chunks) {
    reader.push(chunk);
    yield chunk;
  }
  const list = reader.finish();
  if (list.campaign !== campaign || list.root !== root)
    throw new Error('It is another list than the terms in the log commit to.');
}

async function* committedLists(folder: string, from: number, size: number): AsyncGenerator<CommittedList> {
  for (let index = Math.floor(from / TILE_WIDTH); index * TILE_WIDTH < size; index += 1) {
    const width = Math.min(TILE_WIDTH, size - index * TILE_WIDTH);
    const bytes = await readFile(join(folder, tilePath({ level: 'entries', index, width })));
    for (const [place, entry] of decodeEntries(bytes, width).entries()) {
      const line = Buffer.from(entry).toString('latin1');
      if (!line.startsWith(TERMS)) continue;
      const leaf = parseLeaf(line);
      if (leaf.kind !== 'terms' || leaf.eligibleRoot === null) continue;
      yield { index: index * TILE_WIDTH + place, campaign: leaf.campaign, root: leaf.eligibleRoot };
    }
  }
}

/** Copies of earlier releases have no lists: then it is none. */
async function leavesLookedThrough(folder: string): Promise<number> {
  try {
    return Number(await readFile(join(folder, PROGRESS), 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
