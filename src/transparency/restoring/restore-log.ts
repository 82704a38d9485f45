import type { DataSource, EntityManager } from 'typeorm';
import { setTimeout as sleep } from 'node:timers/promises';
import { trySessionLock } from '../../platform/postgres/session-lock.js';
import { equalBytes } from '../formats/bytes.js';
import type { VerifierKey } from '../formats/note-key.js';
import { LOG_LOCK } from '../log/log-lock.js';
import { publishCheckpoint, readLogState } from '../log/log-store.js';
import { rootIn } from '../log/growing-tree.js';
import { tilesIn } from '../log/log-tiles.js';
import { formatted, type LoggedLine, publishedLine } from '../log/formatted-leaf.js';
import { LogWriter } from '../log/log-writer.js';
import type { LogSource } from '../publishing/log-source.js';
import { checkFeed } from './check-feed.js';
import { takeBackCampaigns, type TakenBackCampaign } from './take-back-campaigns.js';
import { RestoreRefused } from './restore-refused.js';
import { readCopiedLeaves, readSignedLog, type SignedLog } from './signed-log.js';

/** What was done, or would be. */
export interface Restored {
  /** Leaves that the database had. */
  readonly had: number;
  /** Leaves that had been signed. */
  readonly signed: number;
  /** Leaves that the database has by now: those, and what takes back what does not hold. */
  readonly size: number;
  readonly campaigns: readonly TakenBackCampaign[];
}

export interface RestoreSettings {
  readonly source: DataSource;
  /** The checkpoint that was kept outside of Postgres; null when none was. */
  readonly kept: string | null;
  readonly copy: LogSource;
  /** Of the log. */
  readonly key: VerifierKey;
  /** False: nothing is changed, but what would be is found out. */
  readonly isMeant: boolean;
}

/** Leaves that are appended by one statement. */
const PAGE = 10_000;
/** A worker that finds the log set back lets go of the lock at once, and tries again a second later. */
const TRIES = 50;
const AGAIN_MS = 200;

/**
 * Has a log go on whose database was set back: appends what had been published, so that it stays the beginning of the
 * log, and then the leaves that take back what the database does not hold. Signs nothing: a worker goes on as soon as
 * the log continues what was signed. One transaction; safe to repeat.
 * @throws RestoreRefused when the copy or the database does not fit what was signed: nothing was changed
 */
export async function restoreLog(settings: RestoreSettings): Promise<Restored> {
  const { source, kept, copy, key } = settings;
  const signed = await readSignedLog(kept, copy, key);
  const { size: had } = await readLogState(source.manager);
  if (had >= signed.size) return nothingToDo(source, signed, had);
  const lines = await readCopiedLeaves(copy, signed, had);
  let restored: Restored | undefined;
  const work = async (): Promise<void> => {
    restored = await appendAll(settings, signed, had, lines);
  };
  for (let left = TRIES; !(await trySessionLock(source, LOG_LOCK, work)); left -= 1) {
    if (left === 0) throw new RestoreRefused('Another process writes the log.');
    await sleep(AGAIN_MS);
  }
  if (!restored) throw new Error('The lock was held, and nothing was done.');
  return restored;
}

async function nothingToDo(source: DataSource, signed: SignedLog, had: number): Promise<Restored> {
  if (!equalBytes(await rootIn(tilesIn(source), signed.size), signed.root))
    throw new RestoreRefused(
      `The first ${signed.size} leaves of the database are not those that were signed.`,
    );
  return { had, signed: signed.size, size: had, campaigns: [] };
}

async function appendAll(
  { source, isMeant }: RestoreSettings,
  signed: SignedLog,
  had: number,
  lines: readonly string[],
): Promise<Restored> {
  try {
    return await source.transaction('REPEATABLE READ', async (transaction) => {
      await checkFeed(transaction);
      const writer = await LogWriter.read(transaction, had);
      await appendPages(writer, transaction, lines.map(publishedLine));
      if (!equalBytes(writer.root, signed.root))
        throw new RestoreRefused(
          `The ${had} leaves of the database and the others of the copy are not the log that was signed.`,
        );
      const campaigns = await takeBackCampaigns(transaction, had, signed.size);
      await appendPages(
        writer,
        transaction,
        campaigns.flatMap(({ leaves }) => leaves.map(formatted)),
      );
      await publishCheckpoint(transaction, signed.size, signed.note, false);
      const restored = { had, signed: signed.size, size: writer.size, campaigns };
      if (!isMeant) throw new OnlyTried(restored);
      return restored;
    });
  } catch (error) {
    if (error instanceof OnlyTried) return error.restored;
    throw error;
  }
}

async function appendPages(
  writer: LogWriter,
  transaction: EntityManager,
  leaves: readonly LoggedLine[],
): Promise<void> {
  for (let first = 0; first < leaves.length; first += PAGE)
    await writer.appendWithin(transaction, leaves.slice(first, first + PAGE));
}

/** Rolls back what was only tried. */
class OnlyTried extends Error {
  constructor(readonly restored: Restored) {
    super('Nothing was changed.');
  }
}
