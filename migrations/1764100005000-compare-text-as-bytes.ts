import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Compares all text of the schema as bytes (`COLLATE "C"`), whatever the locale of the database: a key comparison costs
 * a memcmp instead of the locale's rules, and no update of glibc or ICU changes the order of an index, which would
 * silently break uniqueness. All columns are changed, since an index on one that was left out would bring the locale
 * back.
 *
 * No table is rewritten, but indexes on text are rebuilt and CHECKs are validated again, under an exclusive lock: some
 * seconds per million rows, in which claims are answered 503. Best run while no campaign is open.
 *
 * Triggers that name a column, and views, block its change. They are dropped and created again as they are found in the
 * catalog, since earlier migrations may have added some.
 */
export class CompareTextAsBytes1764100005000 implements MigrationInterface {
  up(runner: QueryRunner): Promise<void> {
    return collateTexts(runner, 'pg_catalog."C"');
  }

  down(runner: QueryRunner): Promise<void> {
    return collateTexts(runner, 'pg_catalog."default"');
  }
}

async function collateTexts(runner: QueryRunner, collation: string): Promise<void> {
  const ask = async <Row>(sql: string): Promise<readonly Row[]> => (await runner.query(sql)) as Row[];
  // In reverse order of creation: a view may depend on an older one.
  const views = await ask<{ name: string; definition: string }>(`
    SELECT oid::regclass::text AS name, pg_get_viewdef(oid) AS definition FROM pg_class
     WHERE relkind = 'v' AND relnamespace = 'public'::regnamespace ORDER BY oid DESC`);
  const triggers = await ask<{ name: string; table: string; definition: string }>(`
    SELECT quote_ident(tgname) AS name, tgrelid::regclass::text AS table, pg_get_triggerdef(pg_trigger.oid) AS definition
      FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
     WHERE NOT tgisinternal AND (tgattr <> '' OR tgqual IS NOT NULL) AND relnamespace = 'public'::regnamespace
     ORDER BY pg_trigger.oid`);
  const tables = await ask<{ table: string; changes: string }>(`
    SELECT attrelid::regclass::text AS table,
           string_agg(format('ALTER COLUMN %I TYPE TEXT COLLATE ${collation}', attname), ', ' ORDER BY attnum) AS changes
      FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
     WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace AND relname <> 'migrations'
       AND atttypid = 'text'::regtype AND attnum > 0 AND NOT attisdropped AND attcollation <> '${collation}'::regcollation
     GROUP BY attrelid ORDER BY attrelid`);

  for (const { name } of views) await runner.query(`DROP VIEW ${name}`);
  for (const { name, table } of triggers) await runner.query(`DROP TRIGGER ${name} ON ${table}`);
  for (const { table, changes } of tables) await runner.query(`ALTER TABLE ${table} ${changes}`);
  for (const { definition } of triggers) await runner.query(definition);
  for (const { name, definition } of views.toReversed())
    await runner.query(`CREATE VIEW ${name} AS ${definition}`);
}
