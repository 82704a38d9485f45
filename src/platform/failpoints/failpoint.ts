/** Between every two steps of the flows, in their order. */
export const FAILPOINTS = [
  // an operator's word
  'campaign.created', // the campaign is committed, its gate is not built
  'change.committed', // the change is committed, the gate is not told
  // claim
  'gate.decided', // the script has run, Postgres knows nothing
  'claim.committed', // the rows are committed, nobody has rung
  'doorbell.rung', // the doorbell knows of the campaign, nobody is answered
  'sold-out.confirmed', // every place ahead is durable, nobody is answered
  'place.left', // the user is out of the line in Postgres, the gate is not told
  // payout by a provider
  'payout.recorded', // the attempt is committed, nothing is sent
  'provider.answered', // the provider has answered, the answer is not recorded
  // payout by either
  'payout.concluded', // the outcome is committed, the gate is not told
  'gate.settled', // the gate knows who was paid
  'gate.freed', // the gate has passed slots on, the promotions are not durable
  'promotion.committed', // the promotions are durable, nobody has rung
  // reaper
  'lease.judged', // Postgres has said what is to be done about expired leases, nothing is done
  'recovery.committed', // what somebody else left undone is committed, nobody has rung
  'lease.rung', // the ring for a quiet payout is in the queue, its lease is as it was
  'line.ended', // the end of the line is committed, the gate is not told
  'campaign.finished', // the end of the campaign is committed, its gate still stands
  // rebuild
  'rebuild.epoch-raised', // the new epoch is committed, nothing is staged
  'rebuild.staged', // the staging copy is there, the old gate still stands
  'rebuild.replaced', // the new gate stands, others are still kept out
  'gate.inspected', // the gate was found or made sound, its claim script is not loaded
] as const;

export type Failpoint = (typeof FAILPOINTS)[number];

export function isFailpoint(name: string): name is Failpoint {
  return (FAILPOINTS as readonly string[]).includes(name);
}
