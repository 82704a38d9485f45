import type { GateTerms } from '../grants/slots/gate-answers.js';
import type { Campaign } from './campaign.entity.js';

/** The terms of a campaign as the gate needs them. */
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
