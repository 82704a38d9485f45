/** What may wait for a human, the most pressing first, and what to do about it. */
export const NEXT_STEPS = {
  'not-read':
    'Parts of this list can’t be read just now, so more may wait than is shown: look into the log of the api, and at Postgres.',
  'gate-differs':
    'Gate and Postgres have contradicted each other for two leases: run `npm run audit` for the campaign, and see to it that a worker runs.',
  'no-reaper':
    'No reaper has looked at a campaign for too long: start an instance with APP_ROLE worker or all, or look into its log.',
  'payouts-held':
    'Find out from the provider what became of each, then decide: one by one, or many at once, which somebody else approves.',
  'books-differ':
    'The last reconciliation found what the provider’s books say otherwise: see what differs, clear it up with the provider, and run `npm run reconcile` again.',
  'decision-to-approve':
    'Somebody other than whoever proposed it has to approve it within a day, or it has to be proposed again.',
  'payouts-stopped': 'Payouts are stopped by an operator: resume them once the reason is gone.',
  'provider-not-configured':
    'A worker lacks PAYOUT_HTTP_URL and PAYOUT_HTTP_SECRET: set them on all workers.',
  'provider-silent':
    'A worker gets no answer from the payout provider: check the provider, and the network to it.',
  'log-set-back':
    'The database does not continue the public log that was signed, so nothing is signed: docs/runbook.md says how `npm run restore-log` has it go on. Campaigns go on meanwhile.',
  'log-not-written':
    'No process writes the public log: see to it that an instance with APP_ROLE worker or all has TRANSPARENCY_KEY, and look into its log.',
  'log-late':
    'The public log is later than it promises: look into the log of the worker that writes it, and for a transaction that has been open for long.',
  'log-campaign-stopped':
    'The public log could not justify what the database holds of this campaign, and takes no more of it: run `npm run audit` for the campaign.',
  'webhook-endpoint-off':
    'An endpoint was switched off, since it is gone or accepted nothing for days: ask whoever runs the receiver, then switch it on again, or delete it.',
  'webhooks-late':
    'A webhook has waited for half an hour: see what the receiver answers, and tell whoever runs it. It is sent again by itself.',
  'payouts-in-doubt':
    'Nothing yet: they are looked up at the provider again and again, and HELD in the end. Ask the provider if they last.',
  'oldest-unpaid':
    'Somebody has waited for their money for more than 20 leases: the list of payouts says under `heldUp` what holds them up.',
} as const;

export type AttentionCode = keyof typeof NEXT_STEPS;

export const ATTENTION_CODES = Object.keys(NEXT_STEPS) as AttentionCode[];

/** Something that waits for a human. */
export interface AttentionItem {
  readonly code: AttentionCode;
  readonly campaignId: string | null;
  readonly count: number | null;
  readonly since: Date | null;
  readonly nextStep: string;
  readonly href: string;
}

/** Where the API shows it. */
function hrefOf(code: AttentionCode, campaignId: string | null): string {
  if (code.startsWith('log-')) return '/v1/public-log';
  if (code.startsWith('webhook')) return '/v1/webhook-endpoints';
  if (campaignId === null)
    return code === 'no-reaper' || code === 'not-read' ? '/health/ready' : '/v1/payouts';
  const campaign = `/v1/campaigns/${campaignId}`;
  switch (code) {
    case 'payouts-held':
      return `${campaign}/payouts?state=HELD`;
    case 'payouts-in-doubt':
      return `${campaign}/payouts?state=IN_DOUBT`;
    case 'decision-to-approve':
      return `${campaign}/payout-decisions`;
    case 'books-differ':
      return `${campaign}/reconciliation`;
    case 'gate-differs':
      return `${campaign}/figures`;
    default:
      return `${campaign}/payouts`;
  }
}

export function attentionItem(
  code: AttentionCode,
  { campaignId = null, count = null, since = null }: Partial<Omit<AttentionItem, 'code'>>,
): AttentionItem {
  return { code, campaignId, count, since, nextStep: NEXT_STEPS[code], href: hrefOf(code, campaignId) };
}
