import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DataSource, EntityManager } from 'typeorm';
import { REQUIRED, type RequiredTable } from '../../../migrations/schema/required.js';
import { ConfigurationError } from '../config/configuration-error.js';
import { rows } from './rows.js';

const MIGRATIONS = join(__dirname, '../../../migrations');

/** Missing objects that a message names at most. */
const MOST_NAMED = 8;

/**
 * Checks that the schema has what the migrations of this release create, and that our role has the privileges it needs.
 * If a later release has migrated the schema, only our migrations and privileges are checked: that release may have
 * replaced objects.
 * @throws ConfigurationError that names what is missing
 */
export async function checkSchema(source: DataSource): Promise<void> {
  const [seen] = await rows<{ searchPath: string; canRead: boolean | null }>(
    source,
    `SELECT current_setting('search_path') AS "searchPath", has_table_privilege(to_regclass('migrations'), 'SELECT') AS "canRead"`,
  );
  const known = readdirSync(MIGRATIONS).flatMap((file) => /^(\d+)-[\w-]+\.[jt]s$/.exec(file)?.[1] ?? []);
  if (seen?.canRead === null) {
    throw new ConfigurationError(
      `DATABASE_URL leads to no schema of ours: there is no table migrations in its search_path (${seen.searchPath}). Run npm run migrate`,
    );
  }
  if (!seen?.canRead) refuse(['SELECT on migrations'], 'GRANT it to the role of DATABASE_URL');

  const ran = await rows<{ timestamp: string }>(source, `SELECT timestamp::text FROM migrations`);
  const done = new Set(ran.map(({ timestamp }) => timestamp));
  const missing = known.filter((timestamp) => !done.has(timestamp));
  if (missing.length > 0)
    refuse(
      missing.map((timestamp) => `migration ${timestamp}`),
      'run npm run migrate',
    );

  const newest = Math.max(...known.map(Number));
  const isNewer = ran.some(({ timestamp }) => Number(timestamp) > newest);
  if (!isNewer) refuse(await lacking(source), 'restore it');
  refuse(await forbidden(source), 'GRANT it to the role of DATABASE_URL');
}

function refuse(missing: readonly string[], remedy: string): void {
  if (missing.length === 0) return;
  const more = missing.length > MOST_NAMED ? ` and ${missing.length - MOST_NAMED} more` : '';
  throw new ConfigurationError(
    `The schema that DATABASE_URL leads to lacks ${missing.slice(0, MOST_NAMED).join(', ')}${more}: ${remedy}`,
  );
}

/** How many tables, constraints, indexes and triggers the schema must have. */
export const REQUIRED_PARTS = Object.values<RequiredTable>(REQUIRED).reduce(
  (count, { parts }) => count + 1 + parts.length,
  0,
);

/** Tables, valid constraints, valid indexes and enabled triggers of our migrations that are not there. */
export async function lacking(source: DataSource | EntityManager): Promise<string[]> {
  const parts = Object.entries<RequiredTable>(REQUIRED).flatMap(([table, { parts: names }]) =>
    ['', ...names].map((name) => ({ table, name })),
  );
  const found = await rows<{ lacking: string }>(source, LACKING, [
    parts.map(({ table }) => table),
    parts.map(({ name }) => name),
  ]);
  return found.map((row) => row.lacking);
}

async function forbidden(source: DataSource): Promise<string[]> {
  const rights = Object.entries<RequiredTable>(REQUIRED).flatMap(([table, { rights: all }]) =>
    all.split(', ').map((right) => ({ table, right })),
  );
  const found = await rows<{ lacking: string }>(source, FORBIDDEN, [
    rights.map(({ table }) => table),
    rights.map(({ right }) => right),
  ]);
  return found.map((row) => row.lacking);
}

/** $1 tables, $2 a valid constraint, a valid index or an enabled trigger of each; '' for the table itself. */
const LACKING = `
  SELECT CASE name WHEN '' THEN 'table ' || "table" ELSE name || ' of ' || "table" END AS lacking
    FROM unnest($1::text[], $2::text[]) AS required ("table", name), to_regclass("table") AS relation
   WHERE CASE WHEN name = '' THEN relation IS NULL ELSE relation IS NOT NULL
           AND NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = relation AND conname = name AND convalidated)
           AND NOT EXISTS (SELECT FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
                            WHERE indrelid = relation AND relname = name AND indisvalid)
           AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = relation AND tgname = name AND tgenabled IN ('O', 'A')) END`;

/** $1 tables, $2 privileges. Rows hidden by a policy would be missing people. */
const FORBIDDEN = `
  SELECT "right" || ' on ' || "table" AS lacking FROM unnest($1::text[], $2::text[]) AS required ("table", "right")
   WHERE NOT has_table_privilege(to_regclass("table"), "right")
  UNION ALL
  SELECT DISTINCT 'a role that sees all rows of ' || "table" FROM unnest($1::text[]) AS required ("table")
   WHERE row_security_active(to_regclass("table"))`;
