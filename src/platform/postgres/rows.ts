import type { PoolClient } from 'pg';
import { DataSource, type EntityManager, type QueryRunner } from 'typeorm';

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

/** A statement that is sent often: each connection has Postgres parse and plan it once. */
export interface PreparedStatement {
  /** Unique in the service: one text per name. */
  readonly name: string;
  /** Must look up by key whatever it touches, since its plan outlives what the planner knew (docs/adr/0015). */
  readonly text: string;
}

/**
 * Like `rows`, for a statement that is sent often. It may be of any kind; the driver's own errors are passed on
 * unchanged.
 */
export async function preparedRows<Row>(
  on: DataSource | EntityManager,
  { name, text }: PreparedStatement,
  values: unknown[],
): Promise<Row[]> {
  if (!(on instanceof DataSource) && on.queryRunner) return run(on.queryRunner);
  const runner = (on instanceof DataSource ? on : on.dataSource).createQueryRunner();
  try {
    return await run(runner);
  } finally {
    await runner.release();
  }

  async function run(of: QueryRunner): Promise<Row[]> {
    const connection = (await of.connect()) as PoolClient; // which the driver types as any
    return (await connection.query({ name, text, values })).rows as Row[];
  }
}
