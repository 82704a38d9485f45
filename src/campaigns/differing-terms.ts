import type { NewCampaign } from './campaign.store.js';
import type { Campaign } from './campaign.entity.js';

const TERMS = [
  'name',
  'capacity',
  'waitingCapacity',
  'amount',
  'currency',
  'reversalPolicy',
  'payoutProvider',
  'eligibility',
  'opensAt',
  'closesAt',
] as const satisfies readonly (keyof NewCampaign)[];

/**
 * The terms in which a campaign differs, as it stands now, from the one that was asked for. Whatever is asked for fits
 * a campaign without a provider: it is older than that term, and nobody has paid it yet.
 */
export function differingTerms(asked: NewCampaign, standing: Campaign): (typeof TERMS)[number][] {
  return TERMS.filter((term) => {
    const stands = standing[term] ?? (term === 'payoutProvider' ? asked[term] : null);
    return comparable(asked[term]) !== comparable(stands);
  });
}

function comparable(value: string | number | Date | null): string | number | null {
  return value instanceof Date ? value.getTime() : value;
}
