/**
 * Replies of a Redis that is starting, failing over, full, or blocked by a long script, or whose users or passwords are
 * just being changed: that is an outage for us, not an error in the request.
 */
const PASSING_REPLIES =
  /^(LOADING|BUSY|MASTERDOWN|READONLY|OOM|CLUSTERDOWN|TRYAGAIN|MOVED|ASK|NOREPLICAS|MISCONF|UNKILLABLE|NOAUTH|WRONGPASS|NOPERM)\b/;

const CONNECTION_MESSAGES = new RegExp(
  [
    ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENOTFOUND', 'EAI_AGAIN'],
    ...['Connection is closed', 'due to connection close', 'Command timed out', 'Socket timeout'],
    ...["Stream isn't writeable", 'max retries per request'],
    // of clusters and sentinels
    ...["Cluster isn't ready", 'Cluster is ended', 'Too many Cluster redirections'],
    ...['Failed to refresh slots cache', 'None of startup nodes is available', 'sentinels are unreachable'],
  ].join('|'),
  'i',
);

/** Whether `thrown` means that Redis could not be asked just now, rather than that the command was wrong. */
export function isRedisFailure(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  return PASSING_REPLIES.test(thrown.message) || CONNECTION_MESSAGES.test(thrown.message);
}
