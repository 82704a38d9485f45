/** What may wait for a human, the most pressing first, and what to do about it. */
export const NEXT_STEPS = {
  'gate-differs':
    'Gate and Postgres have contradicted each other for two leases: run `npm run audit` for the campaign, and see to it that a worker runs.',
  'no-reaper':
    'No reaper has looked at a campaign for too long: start an instance with APP_ROLE worker or all, or look into its log.',
  'payouts-held':
    'Find out from the provider what became of each, then decide: one by one, or many at once, which somebody else approves.',
  'decision-to-approve':
    'Somebody other than whoever proposed it has to approve it within a day, or it has to be proposed again.',
  'payouts-stopped': 'Payouts are stopped by an operator: resume them once the reason is gone.',
  'provider-not-configured':
    'A worker lacks PAYOUT_HTTP_URL and PAYOUT_HTTP_SECRET: set them on all workers.',
  'provider-silent':
    'A worker gets no answer from the payout provider: check the provider, and the network to it.',
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
  if (campaignId === null) return code === 'no-reaper' ? '/health/ready' : '/v1/payouts';
  const campaign = `/v1/campaigns/${campaignId}`;
  switch (code) {
    case 'payouts-held':
      return `${campaign}/payouts?state=HELD`;
    case 'payouts-in-doubt':
      return `${campaign}/payouts?state=IN_DOUBT`;
    case 'decision-to-approve':
      return `${campaign}/payout-decisions`;
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
