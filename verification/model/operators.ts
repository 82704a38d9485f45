import * as gate from './gate.js';
import { count, waits } from './postgres.js';
import { CHANCE, type Offer, PROGRESS } from './step.js';
import { CLAIM, CLIENT, ENTRY, GRANT, STATE, type World } from './world.js';
import { remember } from './worker.js';

/** Decisions of operators, people who leave the line, and payouts that come back. */
export function operators(world: World, offer: Offer): void {
  const { shape } = world;
  if (shape.pauses) pausing(world, offer);
  if (shape.stops) stopping(world, offer);
  if (shape.gives) giving(world, offer);
  if (shape.reverses) reversing(world, offer);
  if (shape.finishes) finishing(world, offer);
}

/** Newcomers are refused for a while. `closing` in reaper.ts tells the gate. */
function pausing({ postgres: { campaign } }: World, offer: Offer): void {
  if (campaign.state === STATE.open)
    offer(
      CHANCE,
      () => 'an operator pauses the campaign',
      () => (campaign.state = STATE.paused),
    );
  if (campaign.state === STATE.paused)
    offer(
      PROGRESS,
      () => 'an operator resumes the campaign',
      () => (campaign.state = STATE.open),
    );
}

function stopping({ postgres: { marks } }: World, offer: Offer): void {
  if (marks.stopped)
    offer(
      PROGRESS,
      () => 'an operator resumes payouts',
      () => (marks.stopped = 0),
    );
  else
    offer(
      CHANCE,
      () => 'an operator stops payouts',
      () => (marks.stopped = 1),
    );
}

/** R25: a user leaves the line; an operator revokes a grant. The reaper tells the gate. */
function giving(world: World, offer: Offer): void {
  const { grant, entry, attempted } = world.postgres;
  const { told } = world.clients;
  for (let user = 1; user <= world.shape.users; user++) {
    if (told[user] === CLIENT.hasPlace && waits(world, user))
      offer(
        CHANCE,
        () => `user ${user} leaves the line`,
        () => {
          entry[user] = ENTRY.left;
          told[user] = CLIENT.left;
        },
      );
    if (grant[user] === GRANT.pending && (!attempted[user] || !world.obeys('R25')))
      offer(
        CHANCE,
        () => `an operator revokes the grant of user ${user}`,
        () => (grant[user] = GRANT.failed),
      );
  }
}

/** A provider reverses a settled payout; then src/reaper/reversals.ts. */
function reversing(world: World, offer: Offer): void {
  const { grant, reversed, slot, marks } = world.postgres;
  const { moved } = world.provider;
  for (let user = 1; user <= world.shape.users; user++) {
    if (grant[user] === GRANT.success && moved[user] && !reversed[user] && !marks.finished)
      offer(
        CHANCE,
        () => `the payout of user ${user} comes back`,
        () => {
          moved[user] = 0;
          reversed[user] = 1;
          if (world.shape.reverses === 'regrant') grant[user] = GRANT.failed;
        },
      );
    if (!reversed[user] || grant[user] !== GRANT.failed || world.gate.claim[user] !== CLAIM.settled) continue;
    if (world.does('forgets what came back')) continue;
    for (const { reaping } of world.workers) {
      if (reaping.step !== 0) continue;
      offer(
        PROGRESS,
        () => `the gate is told: the payout of user ${user} came back`,
        () => {
          const next = gate.free(world, slot[user]!, user);
          if (next > 0) remember(world, reaping, next, slot[user]!);
        },
      );
    }
  }
}

/**
 * R29: nothing is pending, nobody waits, and nothing comes back any more. The same statement raises the epoch, so that
 * earlier decisions of the gate are not written (R1).
 */
function finishing(world: World, offer: Offer): void {
  const { campaign, grant, marks } = world.postgres;
  const { gate: standing, shape } = world;
  const isOver = campaign.state === STATE.closed || count(world, GRANT.success) === shape.capacity;
  const isOpen = grant.some((status, user) => status === GRANT.pending || waits(world, user));
  if (isOver && !isOpen && !marks.finished)
    offer(
      CHANCE,
      () => 'the campaign is finished',
      () => {
        marks.finished = 1;
        if (!world.does('finishes unfenced'))
          campaign.epoch = Math.max(campaign.epoch, standing.facts.epoch) + 1;
      },
    );
  if (marks.finished && standing.facts.epoch !== 0)
    offer(
      PROGRESS,
      () => 'the gate of the finished campaign is retired',
      () => standing.bytes.fill(0),
    );
}
