import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { ConfigurationError } from '../config/configuration-error.js';
import { rows } from './rows.js';

/** A pooler that nobody else uses mixes up two sessions at once; if others use it, too, that may take some rounds. */
const SESSIONS = 2;
const ROUNDS = 4;

/**
 * Checks that the server can keep what we promise.
 * @returns remarks for the operator, a sentence each
 * @throws ConfigurationError when it can't: through a pooler that gives each transaction another session, with triggers
 *   switched off, or, where `isProduction`, without fsync (docs/adr/0019)
 */
export async function checkServer(source: DataSource, isProduction: boolean): Promise<string[]> {
  if (!(await keepsSessions(source))) {
    throw new ConfigurationError(
      'DATABASE_URL leads through a pooler that gives each transaction another session of PostgreSQL: settings, prepared ' +
        'statements and locks would be lost. Let it pool by session (pgbouncer: pool_mode = session)',
    );
  }
  if (await skipsTriggers(source)) {
    throw new ConfigurationError(
      'PostgreSQL has session_replication_role set to something other than origin for this database or role: none of the triggers ' +
        'that keep what was promised would run. Reset it',
    );
  }
  const found = await rows<{ name: string; setting: string }>(
    source,
    `SELECT name, reset_val AS setting FROM pg_settings
      WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') AND reset_val = 'off'`,
  );
  const off = new Set(found.map(({ name }) => name));
  if (off.has('fsync') && isProduction) {
    throw new ConfigurationError(
      'PostgreSQL runs with fsync = off: a crash of its machine would lose or break what was accepted (P4). Turn it on',
    );
  }
  return Object.entries(REMARKS).flatMap(([name, remark]) =>
    off.has(name) ? [`${name} = off: ${remark}`] : [],
  );
}

const REMARKS = {
  fsync: 'a crash of its machine would lose or break what was accepted (P4)',
  full_page_writes:
    'a crash in the middle of a write can break pages, unless the file system rules that out (P4)',
  synchronous_commit: 'our sessions turn it on, since we answer only after the commit is durable (P4)',
};

/** Only a superuser may reset it, so the service cannot do so itself. */
async function skipsTriggers(source: DataSource): Promise<boolean> {
  const [found] = await rows<{ role: string }>(
    source,
    `SELECT current_setting('session_replication_role') AS role`,
  );
  return found?.role !== 'origin';
}

/** Whether each session keeps its setting after others were given different ones. */
async function keepsSessions(source: DataSource): Promise<boolean> {
  const runners = Array.from({ length: SESSIONS }, () => source.createQueryRunner());
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const told = runners.map(() => randomUUID());
      for (const [i, runner] of runners.entries())
        await runner.query(`SELECT set_config('seonchak.session', $1, false)`, [told[i]]);
      for (const [i, runner] of runners.entries()) {
        const answer = await rows<{ name: string }>(
          runner.manager,
          `SELECT current_setting('seonchak.session', true) AS name`,
        );
        if (answer[0]?.name !== told[i]) return false;
      }
    }
    return true;
  } finally {
    await Promise.all(runners.map((runner) => runner.release()));
  }
}
