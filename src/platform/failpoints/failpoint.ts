/** The failpoints between the steps of the flows, in order, each with the state at that moment. */
export const FAILPOINTS = [
  // operators
  'campaign.created', // the campaign is committed, its gate is not built
  'change.committed', // the change is committed, the gate is not told
  'revision.taken', // the gate took a change of terms, at which arrival number is not on record
  // claim
  'gate.decided', // the script has run, Postgres knows nothing
  'claim.committed', // the rows are committed, the doorbell is not rung
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
  'promotion.committed', // the promotions are durable, the doorbell is not rung
  // reaper
  'lease.judged', // what to do about expired leases is decided from Postgres, nothing is done
  'recovery.committed', // work that another process left undone is committed, the doorbell is not rung
  'lease.rung', // the ring for a payout whose lease expired is in the queue, the lease is not renewed
  'line.ended', // the end of the line is committed, the gate is not told
  'campaign.finished', // the end of the campaign is committed, its gate still stands
  // rebuild
  'rebuild.epoch-raised', // the new epoch is committed, nothing is staged
  'rebuild.staged', // the staging copy is complete, not yet put in place
  'rebuild.noted', // what the copy knows is on record, it is not yet put in place
  'rebuild.replaced', // the new gate is in place, other processes are still kept out
  'gate.inspected', // the gate was found sound or rebuilt, the claim script has not confirmed it yet
  // the log
  'log.ordered', // what is new is in order, nothing of it is committed
  'log.committed', // leaves are committed, no checkpoint holds them
  'log.signed', // a checkpoint is signed, nobody has it
  'log.kept', // the checkpoint is kept outside of Postgres, nobody sees it
  'log.published', // the checkpoint is published
  // webhooks
  'webhooks.told', // events are committed, nobody was sent them
  'webhooks.sent', // a receiver has answered, its answer is not recorded
] as const;

export type Failpoint = (typeof FAILPOINTS)[number];

export function isFailpoint(name: string): name is Failpoint {
  return (FAILPOINTS as readonly string[]).includes(name);
}
