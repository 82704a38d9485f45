import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { ChangeFeed } from '../../changes/change-feed.js';
import { EventLog } from '../../platform/logging/event-log.js';
import { formatLeaf, type LeafOf } from '../formats/leaf.js';
import { formatted } from '../log/formatted-leaf.js';
import type { LogWriter } from '../log/log-writer.js';
import { commitToFrozenList } from './frozen-list.js';
import { giveKeys, readOlderCampaigns } from './first-leaves.js';
import { drawEnd, readMoment } from '../../changes/moment.js';
import { READER } from './sequencer.js';

const PAGE = 1_000;
const WAIT_MS = 100;

const log = new EventLog('LogBeginning');

/** What the log says of itself. */
export interface LogTerms {
  readonly receiptKey: string;
  readonly promiseDelayMs: number;
}

/**
 * Begins a log, or goes on with one: what the log says of itself, and of campaigns that are older than it. Registers as
 * a reader of the feed first and waits for the transactions that may not have seen it, so that whatever is not seen
 * here is told by the feed.
 * @param logLeaf the last leaf of the kind `log`; null for a new log
 * @param stop ends it, since a transaction of somebody else can keep it waiting for hours
 * @throws the reason of `stop`, once it fires
 */
export async function beginLog(
  source: DataSource,
  feed: ChangeFeed,
  writer: LogWriter,
  logLeaf: string | null,
  terms: LogTerms,
  stop: AbortSignal,
): Promise<void> {
  await feed.register(READER);
  const begun = await readMoment(source.manager);
  const end = await drawEnd(source);
  while ((await readMoment(source.manager)).horizon < end) {
    stop.throwIfAborted();
    await sleep(WAIT_MS);
  }
  const leaf: LeafOf<'log'> = { kind: 'log', ...terms, atMs: begun.atMs };
  if (logLeaf === null || !isSame(logLeaf, leaf))
    await writer.append([formatted(leaf)], () => Promise.resolve());
  await giveKeys(source.manager);
  for (let after = ''; ;) {
    stop.throwIfAborted();
    const older = await readOlderCampaigns(source, after, PAGE, begun.atMs, (list) =>
      commitToFrozenList(source, list, stop),
    );
    for (const { campaignId, fault } of older)
      if (fault !== null) log.write('log-stopped', { campaignId, code: 'unproven', cause: fault });
    const leaves = older.flatMap((opening) => opening.leaves);
    if (leaves.length > 0) await writer.append(leaves, () => Promise.resolve());
    const last = older.at(-1);
    if (!last) return;
    after = last.campaignId;
  }
}

/** Whether a leaf says the same, whenever it said so. */
function isSame(line: string, leaf: LeafOf<'log'>): boolean {
  const withoutTime = (text: string): string => text.slice(0, text.lastIndexOf(' '));
  return withoutTime(line) === withoutTime(formatLeaf(leaf));
}
