import { readFile } from 'node:fs/promises';
import { runAudit } from '../../src/audit/run-audit.js';
import { openRedis } from '../../src/platform/redis/open-redis.js';
import { type BankEvent, parseBankLog } from './bank-log.js';
import { checkRecords } from './check-records.js';
import { type FaultPlan, parseFaultPlan } from './fault-plan.js';
import type { GateSnapshot } from './gate-snapshot.js';
import { type Operation, parseHistory } from './history.js';
import { readBooks } from './read-books.js';
import { readGate } from './read-gate.js';
import { UnusableInputError } from './unusable-input.js';
import { judge, type Verdict } from './verdict.js';

/** Where the records of a run are. */
export interface RunPlaces {
  readonly campaignId: string;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** A file path, like `bankLog` and `faults`. */
  readonly history: string;
  readonly bankLog: string | undefined;
  readonly faults: string | undefined;
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new UnusableInputError(
      `Can't read ${path}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

const CONNECT_TIMEOUT_MS = 5_000;

async function readGateAt(redisUrl: string, campaignId: string): Promise<GateSnapshot | null> {
  const redis = openRedis(redisUrl, 'tool', CONNECT_TIMEOUT_MS, process.env);
  redis.on('error', () => undefined); // the failing command reports it
  try {
    return await readGate(redis, campaignId);
  } finally {
    redis.disconnect();
  }
}

/**
 * Judges a run that is at rest. Changes nothing.
 * @throws UnusableInputError if files or campaign are unusable; errors of the drivers if a server is unreachable
 */
export async function checkRun(places: RunPlaces): Promise<Verdict> {
  const { campaignId, databaseUrl, redisUrl } = places;
  const history: Operation[] = parseHistory(await readText(places.history));
  const bank: BankEvent[] | null =
    places.bankLog === undefined ? null : parseBankLog(await readText(places.bankLog));
  const faults: FaultPlan | null =
    places.faults === undefined ? null : parseFaultPlan(await readText(places.faults));
  const books = await readBooks(databaseUrl, campaignId); // first, because it reports an unknown campaign
  const audit = await runAudit({ databaseUrl, redisUrl, redisTls: process.env }, campaignId);
  const gate = await readGateAt(redisUrl, campaignId);
  const checks = checkRecords({ history, books, bank, gate, losses: faults?.losses ?? [] });
  const own = history.filter((operation) => operation.campaignId === campaignId);
  return judge(campaignId, own, checks, audit, faults);
}
