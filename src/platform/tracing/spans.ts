/**
 * All spans that this service makes (docs/tracing.md): the name, its kind as OpenTelemetry defines kinds, and the work
 * that it stands for.
 */
export const SPANS = {
  claims: ['internal', 'A batch of claims: from the gate’s decision to the commit'],
  'claims.decide': ['internal', 'The gate decides a batch: one script in Redis'],
  'claims.commit': ['internal', 'What the gate has decided is written to Postgres: one statement'],
  payouts: ['consumer', 'A ring: one batch of the payouts that are due in a campaign'],
  payout: ['client', 'One payout by a provider: the calls, and recording the outcome'],
  webhook: ['server', 'A signed webhook of the provider: what it says is applied and recorded'],
  'webhook.send': ['client', 'One webhook that we send: the call'],
  'reaper.look': ['internal', 'A look of the reaper at a campaign: all its tasks'],
  'reaper.task': ['internal', 'One task of such a look'],
  'log.round': ['internal', 'A round of the log of a fair order'],
} as const satisfies Record<
  string,
  readonly [kind: 'internal' | 'consumer' | 'client' | 'server', work: string]
>;

export type SpanName = keyof typeof SPANS;
