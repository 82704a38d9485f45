import type { NewCampaign } from './campaign.store.js';
import type { Campaign } from './campaign.entity.js';

const TERMS = [
  'name',
  'capacity',
  'waitingCapacity',
  'amount',
  'currency',
  'reversalPolicy',
  'opensAt',
  'closesAt',
] as const satisfies readonly (keyof NewCampaign)[];

/** The terms in which a campaign differs, as it stands now, from the one that was asked for. */
export function differingTerms(asked: NewCampaign, standing: Campaign): (typeof TERMS)[number][] {
  return TERMS.filter((term) => comparable(asked[term]) !== comparable(standing[term]));
}

function comparable(value: string | number | Date | null): string | number | null {
  return value instanceof Date ? value.getTime() : value;
}
