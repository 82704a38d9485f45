import type { GateCounts } from '../grants/slots/gate-answers.js';
import type { CampaignDetails, CampaignTerms } from './campaign-terms.dto.js';
import type { CampaignView } from './campaign.dto.js';
import type { Campaign } from './campaign.entity.js';

type Left = Pick<GateCounts, 'available' | 'waiting'>;

type PublicTerms = Omit<CampaignView, 'remaining' | 'waiting'>;

function publicTerms(campaign: Campaign): PublicTerms {
  const { id, name, capacity, waitingCapacity, amount, currency, opensAt, closesAt, shownState, finishedAt } =
    campaign;
  return {
    id,
    name,
    capacity,
    waitingCapacity,
    amount: Number(amount),
    currency,
    opensAt,
    closesAt,
    state: shownState,
    finishedAt,
  };
}

/** What anybody may know. */
export function toCampaignView(campaign: Campaign, { available, waiting }: Left): CampaignView {
  return { ...publicTerms(campaign), remaining: available, waiting };
}

/** All terms, for operators. */
export function toCampaignTerms(campaign: Campaign): CampaignTerms {
  const { reversalPolicy, createdAt, updatedAt } = campaign;
  return { ...publicTerms(campaign), reversalPolicy, createdAt, updatedAt };
}

/** All terms and what is left, for operators. */
export function toCampaignDetails(campaign: Campaign, { available, waiting }: Left): CampaignDetails {
  return { ...toCampaignTerms(campaign), remaining: available, waiting };
}
