/**
 * All events that the service logs: a stable code, on which alerts and searches may rely, with its level and sentence.
 * A code never changes its meaning; the changelog names codes that are no longer written.
 */
export const LOG_EVENTS = {
  // The process
  listening: ['info', 'Listening'],
  draining: ['info', 'Draining: no new connections, requests and jobs in progress are finished'],
  drained: ['info', 'Drained: the process exits'],
  'drain-timeout': ['error', 'Not drained within SHUTDOWN_DEADLINE_MS: the process exits with 1'],
  'drain-failed': ['error', 'Draining failed: the process exits with 1'],
  'spans-not-exported': [
    'warn',
    'The collector of traces does not take spans: they are lost (logged once a minute at most)',
  ],
  'failpoint-failed': ['warn', 'A failpoint fails, as it was set to'],

  // Requests
  'request-answered': ['debug', 'A request is answered'],
  'request-failed': ['error', 'A request failed for an unforeseen reason'],
  'request-unavailable': ['warn', 'A request is answered 503 (logged once a second at most)'],
  'connections-refused': ['warn', 'New connections are closed: MAX_CONNECTIONS are open'],
  'proxy-not-trusted': [
    'warn',
    'Requests carry X-Forwarded-For but TRUST_PROXY is not set: all clients of a proxy share one rate limit',
  ],
  'key-set-unreachable': ['warn', 'The key set that tokens are verified with cannot be fetched'],
  'key-set-reachable': ['info', 'The key set that tokens are verified with can be fetched again'],
  'login-provider-unreachable': [
    'warn',
    'The OpenID provider does not answer as it should: a login is answered 503',
  ],
  'login-refused': [
    'warn',
    'A login is refused: what came back from the OpenID provider does not match it, or names nobody',
  ],

  // Servers
  'postgres-unavailable': ['warn', 'Postgres cannot be used yet'],
  'postgres-setting': ['warn', 'A setting of Postgres endangers what the service promises'],
  'postgres-clock-set-back': [
    'warn',
    'The clock of Postgres was set back: campaigns that would rest for too long are looked at',
  ],
  'payout-pauses-ended': [
    'warn',
    'The clock of Postgres was set back: pauses of payouts that would last too long are ended',
  ],
  'schema-incomplete': ['error', 'A statement needs a part of the schema, or a privilege, that is missing'],
  'database-set-back': ['warn', 'The database was set back, or is another one'],
  'redis-unavailable': ['warn', 'Redis cannot be reached'],
  'redis-evicts': ['error', 'Redis may evict keys: maxmemory-policy must be noeviction'],
  'queue-unavailable': ['warn', 'The queue is damaged, or its Redis cannot be reached'],

  // Gates and campaigns
  'gates-owned': ['info', 'The gates belong to this installation'],
  'gates-not-owned': ['error', 'This installation may not use the gates'],
  'queue-not-owned': ['error', 'Another installation uses the queue'],
  'gate-building': ['info', 'Building a gate'],
  'gate-rebuilding': ['warn', 'Rebuilding a gate from Postgres'],
  'gate-server-changed': ['info', 'Redis was restarted or replaced: rebuilding a gate from Postgres'],
  'gate-rebuilt': ['info', 'A gate is rebuilt'],
  'gate-contradiction': ['warn', 'A gate and Postgres contradict each other: the gate will be rebuilt'],
  'gate-not-retired': [
    'warn',
    'The gate of a finished campaign could not be retired; the next round tries again',
  ],
  'terms-not-announced': ['warn', 'A gate could not be told new terms; the reaper tells it'],
  'attention-not-read': ['warn', 'Parts of what waits for operators could not be read; the others are shown'],
  'campaign-not-closed': ['warn', 'A campaign that is over could not be closed; the next round tries again'],

  // Payouts
  'ring-lost': ['warn', 'A worker could not be woken; the reaper does it'],
  'payout-job-failed': ['warn', 'A payout job failed; the reaper finds what is left'],
  'worker-not-closed': ['warn', 'The worker could not be closed in order: its connections are cut'],
  'payout-batch-stopped': ['warn', 'A batch of payouts was stopped; it goes on later'],
  'payouts-go-alone': [
    'warn',
    'Payouts of several campaigns could not be made together; each campaign pays alone',
  ],
  'payout-postponed': ['warn', 'A payout fails by itself and is postponed'],
  'payout-not-postponed': ['error', 'A payout that fails by itself could not be postponed'],
  'payout-contradiction': ['error', 'The provider reports an outcome that contradicts the recorded one'],
  'payout-unknown': ['warn', 'The provider reports a payout that is not known here'],
  'provider-unavailable': ['warn', 'The payout provider does not answer: no calls for a while'],
  'provider-available': ['info', 'The payout provider answers again'],
  'provider-not-configured': [
    'warn',
    'A provider pays this campaign, and PAYOUT_HTTP_URL is not set here: it is left to others (logged once a minute at most)',
  ],
  'payouts-resumed-unrung': ['warn', 'Payouts are resumed but no worker could be woken; the reaper does it'],
  'provider-events-not-deleted': [
    'warn',
    'Old webhooks that changed nothing could not be deleted; the next round tries again',
  ],

  // Figures
  'series-not-written': [
    'warn',
    'What happened in the last seconds could not be kept in Postgres; it is tried again, unless it may be there (logged once)',
  ],
  'changes-not-deleted': [
    'warn',
    'Changes that all readers have read could not be deleted; the next round tries again',
  ],
  'series-not-deleted': ['warn', 'Old steps of series could not be deleted; the next round tries again'],

  // The log of a fair order
  'log-written': ['info', 'This process writes the log'],
  'log-not-written': ['warn', 'Writing the log failed; it is begun again'],
  'log-not-told': [
    'warn',
    'How the log is could not be kept in Postgres; it is tried again in 5 seconds, and the log is written on',
  ],
  'log-set-back': [
    'error',
    'The database does not continue the log that was signed: nothing is signed, nor appended',
  ],
  'log-stopped': ['error', 'The log of a campaign is stopped: what the database holds cannot be justified'],
  'checkpoint-not-published': ['warn', 'A checkpoint could not be published; the next one is tried'],
  'checkpoint-not-cosigned': ['warn', 'A witness does not cosign (logged once a minute at most)'],
  'checkpoint-not-stamped': [
    'warn',
    'A time-stamping authority gives no token; it is asked again each minute',
  ],

  // Webhooks that we send
  'webhooks-interrupted': ['warn', 'Telling by webhooks failed; it is begun again'],
  'webhooks-not-sent': ['warn', 'Sending to an endpoint failed on our side; it is begun again'],
  'webhook-endpoint-failing': ['warn', 'An endpoint does not accept a webhook; it is sent again'],
  'webhook-endpoint-recovered': ['info', 'An endpoint accepts webhooks again'],
  'webhook-endpoint-off': [
    'error',
    'An endpoint is switched off: it is gone, or has accepted nothing for too long',
  ],
  'webhook-given-up': [
    'error',
    'An endpoint has refused an event for too long, and others not: it is not sent again',
  ],

  // The reaper
  'reaper-round-failed': ['warn', 'A round of the reaper failed'],
  'reaper-task-failed': ['warn', 'A task of the reaper failed; the next round tries again'],
} as const satisfies Record<string, readonly [level: 'debug' | 'info' | 'warn' | 'error', sentence: string]>;

export type LogEvent = keyof typeof LOG_EVENTS;
