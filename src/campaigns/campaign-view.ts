import type { GateCounts } from '../grants/slots/gate-answers.js';
import type { CampaignDetails, CampaignTerms } from './campaign-terms.dto.js';
import type { CampaignView } from './campaign.dto.js';
import type { Campaign } from './campaign.entity.js';

type Left = Pick<GateCounts, 'available' | 'waiting'>;

type PublicTerms = Omit<CampaignView, 'remaining' | 'waiting'>;
type OperatorTerms = Omit<CampaignTerms, keyof PublicTerms>;

function publicTerms(campaign: Campaign): PublicTerms {
  const {
    id,
    name,
    capacity,
    waitingCapacity,
    amount,
    currency,
    payoutProvider,
    eligibility,
    eligibleCount,
    opensAt,
    closesAt,
    shownState,
    sealedAt,
    finishedAt,
  } = campaign;
  return {
    id,
    name,
    capacity,
    waitingCapacity,
    amount: Number(amount),
    currency,
    payoutProvider,
    eligibility,
    eligibleCount: eligibility === 'list' ? eligibleCount : null,
    opensAt,
    closesAt,
    state: shownState,
    endedAt: sealedAt,
    finishedAt,
  };
}

function operatorTerms({
  reversalPolicy,
  eligibleFrozenAt,
  revision,
  createdAt,
  updatedAt,
  archivedAt,
}: Campaign): OperatorTerms {
  return { reversalPolicy, eligibleFrozenAt, revision: Number(revision), createdAt, updatedAt, archivedAt };
}

/** What anybody may know. */
export function toCampaignView(campaign: Campaign, { available, waiting }: Left): CampaignView {
  return { ...publicTerms(campaign), remaining: available, waiting };
}

/** All terms, for operators. */
export function toCampaignTerms(campaign: Campaign): CampaignTerms {
  return { ...publicTerms(campaign), ...operatorTerms(campaign) };
}

/** All terms and what is left, for operators. */
export function toCampaignDetails(campaign: Campaign, { available, waiting }: Left): CampaignDetails {
  return { ...publicTerms(campaign), ...operatorTerms(campaign), remaining: available, waiting };
}
