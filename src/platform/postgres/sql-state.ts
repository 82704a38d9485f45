import { DatabaseError } from 'pg';
import { QueryFailedError } from 'typeorm';

/** The five characters by which Postgres says why it refused a statement; null when that is not what `thrown` is about. */
export function sqlState(thrown: unknown): string | null {
  const error: unknown = thrown instanceof QueryFailedError ? thrown.driverError : thrown;
  return error instanceof DatabaseError ? (error.code ?? null) : null;
}
