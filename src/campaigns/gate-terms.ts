import type { GateTerms } from '../grants/slots/gate-answers.js';
import type { Campaign } from './campaign.entity.js';

/** What the gate must know of what operators decide. */
export function gateTerms({
  revision,
  state,
  opensAt,
  closesAt,
  sealedAt,
  waitingCapacity,
}: Campaign): GateTerms {
  return {
    revision,
    state,
    opensAt: opensAt?.getTime() ?? null,
    closesAt: closesAt?.getTime() ?? null,
    waitingCapacity: sealedAt ? 0 : waitingCapacity,
  };
}
