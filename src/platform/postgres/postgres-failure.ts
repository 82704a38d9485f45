import { DatabaseError } from 'pg';
import { QueryFailedError } from 'typeorm';

/**
 * Classes of SQLSTATE after which nothing was changed and the same statement may succeed later: connection (08),
 * session state such as read-only or aborted (25), conflict with a concurrent transaction (40), resources (53), object
 * in use or lock not available (55), operator intervention such as a shutdown or a cancelled statement (57), I/O of the
 * server (58).
 */
const PASSING = /^(08|25|40|53|55|57|58)/;
/**
 * Something of the schema is missing, or our role lacks a privilege: a table, column or function, or the unique index
 * that ON CONFLICT names. Tests prove that our statements fit a complete schema, so somebody changed it and will repair
 * it.
 */
const LACKING = ['3F000', '42P01', '42P10', '42501', '42703', '42704', '42883'];
/**
 * A prepared statement that this session does not have, or has already: somebody reset the session, or a pooler mixed
 * it up.
 */
const FORGOTTEN = ['26000', '42P05'];

/**
 * Those of them that another session need not meet: this session can't be used any more, and perhaps its server can't
 * either.
 */
const SPOILING = /^(08|25|57P|58)/;

const CONNECTION_MESSAGES =
  /(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ERR_STREAM|Connection terminated|Query read timeout|Client was closed|Driver not Connected|Client has encountered a connection error|(Query runner|query runner was) already released|after calling end on the pool)/i;

/** No session could be had: no server was reached, none takes writes, or all sessions were in use for too long. */
export class NoSessionError extends Error {
  override readonly name = 'NoSessionError';
  /** The server's or the system's code, where there is one. */
  readonly code: string;

  constructor(cause: unknown) {
    super(messageOf(cause), { cause });
    this.code = codeOf(cause);
  }
}

/** The server is a standby or was made read-only: what a demoted primary looks like. */
export class TakesNoWritesError extends Error {
  override readonly name = 'TakesNoWritesError';
  readonly code = '25006';
}

/** Whether a statement failed because a part of the schema, or a privilege, is missing. */
export function lacksSchema(thrown: unknown): boolean {
  const error: unknown = thrown instanceof QueryFailedError ? thrown.driverError : thrown;
  return error instanceof DatabaseError && LACKING.includes(error.code ?? '');
}

/** Whether `thrown` says that Postgres could not be asked just now, rather than that the statement was wrong. */
export function isPostgresFailure(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  if (thrown instanceof NoSessionError) return true;
  const error: Error = thrown instanceof QueryFailedError ? (thrown.driverError as Error) : thrown;
  const code = codeOf(error);
  if (error instanceof DatabaseError && hasStalePlan(error)) return true;
  if (PASSING.test(code) || LACKING.includes(code) || FORGOTTEN.includes(code)) return true;
  return CONNECTION_MESSAGES.test(`${code} ${error.message}`);
}

/**
 * Whether a statement was given up because it took too long (57014 `query_canceled`, 55P03 `lock_not_available`):
 * perhaps another transaction holds a row that it needs.
 */
export function waitedTooLong(thrown: unknown): boolean {
  const error: unknown = thrown instanceof QueryFailedError ? thrown.driverError : thrown;
  return error instanceof DatabaseError && ['57014', '55P03'].includes(error.code ?? '');
}

/**
 * Whether a session that met this error must not be used again (R14): any error but a server's answer after which
 * another statement can follow.
 */
export function spoilsSession(thrown: unknown): boolean {
  if (!(thrown instanceof DatabaseError)) return true;
  const code = thrown.code ?? '';
  return SPOILING.test(code) || FORGOTTEN.includes(code) || hasStalePlan(thrown);
}

/**
 * After a migration, the result of a statement that was prepared before it can have another shape. The next session
 * prepares it anew.
 */
function hasStalePlan({ routine }: DatabaseError): boolean {
  return routine === 'RevalidateCachedQuery';
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** Node gives an AggregateError without a message when every address of a host refuses. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join(', ');
  return error instanceof Error ? error.message || codeOf(error) : String(error);
}
