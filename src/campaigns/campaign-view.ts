import type { GateCounts } from '../grants/slots/gate-answers.js';
import type { CampaignView } from './campaign.dto.js';
import type { Campaign } from './campaign.entity.js';

export function toCampaignView(
  campaign: Campaign,
  counts: Pick<GateCounts, 'available' | 'waiting'>,
): CampaignView {
  const { id, name, capacity, amount, currency, payoutProvider, opensAt, closesAt, state, finishedAt } =
    campaign;
  return {
    id,
    name,
    capacity,
    amount: Number(amount),
    currency,
    payoutProvider,
    opensAt,
    closesAt,
    state,
    finishedAt,
    remaining: counts.available,
    waiting: counts.waiting,
  };
}
