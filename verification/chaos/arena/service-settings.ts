/** How long a slot may be in processing before the reaper looks. Freezes last longer than that. */
const slotLeaseMs = 1_000;
const reaperIntervalMs = 200;

/** The reaper finds what a set-back database lacks within two leases and one look (R16, R18). */
export const noticeMs = 2 * slotLeaseMs + reaperIntervalMs;

const databaseTimeoutMs = 3_000;
/**
 * After this time every waiter for a statement has given up: the service waits one second longer than the server's own
 * time-out.
 */
export const longestStatementMs = databaseTimeoutMs + 1_000;

/** Short times, so that the service recovers within seconds. */
export const serviceSettings: Readonly<Record<string, string>> = {
  LOG_LEVEL: 'info',
  SLOT_LEASE_MS: String(slotLeaseMs),
  REAPER_INTERVAL_MS: String(reaperIntervalMs),
  DATABASE_POOL_SIZE: '8',
  DATABASE_TIMEOUT_MS: String(databaseTimeoutMs),
  SHUTDOWN_DEADLINE_MS: '3000',
  PAYOUT_HTTP_TIMEOUT_MS: '600',
  PAYOUT_HTTP_RATE: '1000',
  PAYOUT_HTTP_BREAKER_AFTER: '50',
  PAYOUT_HTTP_BREAKER_MS: '300',
  PAYOUT_RETRY_MS: '100',
  PAYOUT_RETRY_MAX_MS: '1000',
  RATE_LIMIT_PER_USER: '100000',
  RATE_LIMIT_PER_IP: '1000000',
};
