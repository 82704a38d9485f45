import { DatabaseError } from 'pg';
import { QueryFailedError } from 'typeorm';

/** The five-character SQLSTATE that says why Postgres refused a statement; null when `thrown` is something else. */
export function sqlState(thrown: unknown): string | null {
  const error: unknown = thrown instanceof QueryFailedError ? thrown.driverError : thrown;
  return error instanceof DatabaseError ? (error.code ?? null) : null;
}
