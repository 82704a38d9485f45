/** What a Redis that is starting, failing over, full or held up by a long script answers. */
const PASSING_REPLIES = /^(LOADING|BUSY|MASTERDOWN|READONLY|OOM|CLUSTERDOWN|TRYAGAIN|NOREPLICAS|MISCONF)/;

const CONNECTION_MESSAGES =
  /(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN|Connection is closed|Command timed out|Stream isn't writeable|max retries per request)/i;

/** Whether `thrown` says that Redis could not be asked just now, rather than that the question was wrong. */
export function isRedisFailure(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  return PASSING_REPLIES.test(thrown.message) || CONNECTION_MESSAGES.test(thrown.message);
}
