import type { GateCounts } from '../grants/slots/gate-answers.js';
import type { Campaign } from './campaign.entity.js';

/** R29: what the gate of a finished campaign counted last; null while the campaign is not finished. */
export function finalCounts({ capacity, successCount }: Campaign): GateCounts | null {
  if (successCount === null) return null;
  return { available: capacity - successCount, processing: 0, settled: successCount, waiting: 0 };
}
