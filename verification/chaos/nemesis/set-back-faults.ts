import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import type { Loss } from '../../checker/loss.js';
import { PostgresServer } from '../../../tools/stack/servers/postgres-server.js';
import { waitUntil } from '../../../tools/stack/servers/wait-until.js';
import type { Arena } from '../arena/arena.js';
import { noticeMs } from '../arena/service-settings.js';
import { lastUntilEffect } from './effect.js';

/**
 * Everybody may have come, and all be paid, before a fault that is late: then no row comes any more that could be lost.
 */
const rowsWithinMs = 10_000;

/** The result of setting the database back. */
export interface SetBack {
  /**
   * The number of lost rows: grants, waiting entries and payout events. If none could be lost, that of lost rounds
   * (R16): the service must notice the set-back all the same.
   */
  readonly effect: number;
  readonly loss: Loss;
}

async function ask<Row extends object>(url: string, sql: string, values: unknown[] = []): Promise<Row[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined); // the failing query reports it
  await client.connect();
  try {
    return (await client.query<Row & Record<string, unknown>>(sql, values)).rows;
  } finally {
    await client.end();
  }
}

/** How far a database has come. */
interface Progress {
  readonly rows: number;
  readonly rounds: number;
}

async function progressOf(url: string): Promise<Progress> {
  const [counted] = await ask<Progress>(
    url,
    `SELECT (SELECT count(*) FROM user_grants)::int + (SELECT count(*) FROM waiting_entries)::int
          + (SELECT count(*) FROM payout_events)::int AS rows, (SELECT round FROM installation)::float8 AS rounds`,
  );
  return counted ?? { rows: 0, rounds: 0 };
}

/** What is lost with the newer one, see `SetBack`. */
function lossBetween(older: Progress, newer: Progress): number {
  return newer.rows > older.rows ? newer.rows - older.rows : newer.rounds - older.rounds;
}

/**
 * A streaming standby falls behind, the primary dies for good, the standby is promoted, and every instance is
 * redirected to it. Commits since the standby fell behind are lost.
 * @param behindMs how long the standby is behind
 */
export async function promoteBehind(arena: Arena, behindMs: number): Promise<SetBack> {
  const primary = arena.postgres;
  const dataDir = join(arena.dataDir, `standby-of-${new URL(primary.url).port}`);
  const standby = new PostgresServer({ dataDir, durable: false, standbyOf: primary });
  await standby.start();
  const fromMs = performance.now();
  await waitUntil('the standby has what was committed so far', () => hasAllOf(primary, standby));
  await ask(standby.url, `ALTER SYSTEM SET primary_conninfo = ''`);
  await ask(standby.url, `SELECT pg_reload_conf()`);
  const lostRows = async (): Promise<number> => {
    const { rows } = await progressOf(standby.url);
    return (await progressOf(primary.url)).rows - rows;
  };
  await lastUntilEffect(behindMs, lostRows, rowsWithinMs);
  const effect = lossBetween(await progressOf(standby.url), await progressOf(primary.url));
  await primary.kill();
  const toMs = performance.now();
  await standby.promote();
  arena.replacePostgres(standby);
  return { effect, loss: { from: fromMs, to: toMs, noticed: performance.now() + noticeMs } };
}

async function hasAllOf(primary: PostgresServer, standby: PostgresServer): Promise<boolean> {
  const [written] = await ask<{ lsn: string }>(primary.url, `SELECT pg_current_wal_flush_lsn()::text AS lsn`);
  const [followed] = await ask<{ hasAll: boolean }>(
    standby.url,
    `SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn AS "hasAll"`,
    [written?.lsn],
  );
  return followed?.hasAll ?? false;
}

/**
 * Sets the database's disk back to an earlier snapshot, as when a backup is restored: system identifier, timeline and
 * everything else are as they were then.
 */
export async function restoreOlderDatabase(
  arena: Pick<Arena, 'postgres' | 'startAgain'>,
  ageMs: number,
): Promise<SetBack> {
  const { postgres } = arena;
  const snapshot = `${postgres.cluster}.snapshot`;
  const fromMs = performance.now();
  const older = await takeSnapshot(postgres, snapshot);
  await lastUntilEffect(ageMs, async () => (await progressOf(postgres.url)).rows - older.rows, rowsWithinMs);
  const effect = lossBetween(older, await progressOf(postgres.url));
  await postgres.kill();
  const toMs = performance.now();
  await rm(postgres.cluster, { recursive: true, force: true });
  await promisify(execFile)('mv', [snapshot, postgres.cluster]);
  await arena.startAgain(postgres);
  return { effect, loss: { from: fromMs, to: toMs, noticed: performance.now() + noticeMs } };
}

/**
 * Copies a suspended server, so that the copy equals the state after a power cut.
 * @returns how far it had come, at most: what comes later is lost with it
 */
async function takeSnapshot(postgres: PostgresServer, folder: string): Promise<Progress> {
  await rm(folder, { recursive: true, force: true });
  await postgres.suspend();
  try {
    await promisify(execFile)('cp', ['-Rp', postgres.cluster, folder]);
  } finally {
    await postgres.resume();
  }
  await rm(join(folder, 'postmaster.pid'), { force: true });
  return progressOf(postgres.url);
}
