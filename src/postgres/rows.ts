import type { DataSource, EntityManager } from 'typeorm';

/**
 * Runs one statement and returns its rows as they come from the driver: int8 as string, int4 as number,
 * timestamptz as Date. A statement must be a SELECT or an INSERT (TypeORM gives the rows of a bare UPDATE or
 * DELETE another shape): put `WITH changed AS (UPDATE … RETURNING …) SELECT … FROM changed` around those.
 */
export function rows<Row>(
  on: DataSource | EntityManager,
  sql: string,
  parameters: unknown[] = [],
): Promise<Row[]> {
  return on.query<Row[]>(sql, parameters);
}
