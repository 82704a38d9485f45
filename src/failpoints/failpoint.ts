/** Between every two steps of the flows, in their order. */
export const FAILPOINTS = [
  // claim
  'gate.decided', // the script has run, Postgres knows nothing
  'claim.committed', // the rows are committed, nobody has rung
  'doorbell.rung', // the ring is in the queue, nobody is answered
  // payout by a provider
  'payout.recorded', // the attempt is committed, nothing is sent
  'provider.answered', // the provider has answered, the answer is not recorded
  // payout by either
  'payout.concluded', // the outcome is committed, the gate is not told
  'gate.settled', // the gate knows who was paid
  'gate.freed', // the gate has passed slots on, the promotions are not durable
  'promotion.committed', // the promotions are durable
  // rebuild
  'rebuild.epoch-raised', // the new epoch is committed, nothing is staged
  'rebuild.staged', // the staging copy is there, the old gate still stands
  'rebuild.replaced', // the new gate stands, no claim script is loaded
] as const;

export type Failpoint = (typeof FAILPOINTS)[number];
