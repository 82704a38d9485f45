import { QueryFailedError } from 'typeorm';

/** Connection exceptions, resources, operator intervention (a server that goes down), a cancelled statement. */
const PASSING = /^(08|53|57)/;
/** What a conflict with a concurrent transaction looks like: nothing was changed, the same again may succeed. */
const CONFLICTING = new Set(['40001', '40P01', '55P03']);

const CONNECTION_MESSAGES =
  /(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN|Connection terminated|Query read timeout|timeout exceeded when trying to connect|Client was closed|Driver not Connected|Client has encountered a connection error)/i;

/** Whether `thrown` says that Postgres could not be asked just now, rather than that the question was wrong. */
export function isPostgresFailure(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  const error =
    thrown instanceof QueryFailedError ? (thrown.driverError as Error & { code?: string }) : thrown;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return PASSING.test(code) || CONFLICTING.has(code) || CONNECTION_MESSAGES.test(`${code} ${error.message}`);
}
