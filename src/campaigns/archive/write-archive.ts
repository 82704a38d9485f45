import type { DataSource, EntityManager } from 'typeorm';
import { rows } from '../../platform/postgres/rows.js';
import { ARCHIVED_TABLES } from './archived-tables.js';
import { ArchiveWriter, type Manifest } from './archive-file.js';

const ROWS_A_FETCH = 2_000;

/** Writes everything that Postgres holds of a campaign to a file, as of one instant. Memory stays flat. */
export function writeArchive(source: DataSource, campaignId: string, path: string): Promise<Manifest> {
  return source.transaction('REPEATABLE READ', async (snapshot) => {
    const writer = await ArchiveWriter.create(path, campaignId);
    try {
      for (const { table, rows: from } of ARCHIVED_TABLES) {
        for await (const page of pages(snapshot, `SELECT to_jsonb(r)::text AS row ${from}`, campaignId))
          await writer.add(table, page);
      }
      return await writer.finish();
    } catch (error) {
      await writer.abandon().catch(() => undefined);
      throw error;
    }
  });
}

async function* pages(snapshot: EntityManager, query: string, campaignId: string): AsyncGenerator<string[]> {
  await rows(snapshot, `DECLARE page NO SCROLL CURSOR FOR ${query}`, [campaignId]);
  for (;;) {
    const page = await rows<{ row: string }>(snapshot, `FETCH ${ROWS_A_FETCH} FROM page`);
    if (page.length === 0) break;
    yield page.map(({ row }) => row);
  }
  await rows(snapshot, 'CLOSE page');
}
