import type { EntityManager } from 'typeorm';
import type { Change } from '../../changes/change-feed.js';
import { isOutcome, type Outcome } from '../../changes/change-kinds.js';
import { readClaims, readUnrecordedPromotions } from '../../changes/claim-rows.js';
import { type GrantFacts, readGrants } from '../../changes/grant-facts.js';
import type { Person } from '../../changes/person.js';
import type { StateDetail } from '../../changes/state-detail.js';
import { rows } from '../../platform/postgres/rows.js';
import { campaignEvent, type Event, type EventPlace, grantEvent, grantEventId } from './event.js';
import { type Prizes, readPrizes } from './prizes.js';

interface FoundOutcome extends Person {
  readonly outcome: Outcome;
  readonly atMs: number;
}

/**
 * What the changes mean to endpoints, in their order.
 * @param transaction in it the claims of these people were told before
 */
export async function changeEvents(
  transaction: EntityManager,
  changes: readonly Change[],
): Promise<readonly Event[]> {
  const outcomes = changes.flatMap(outcomesOf);
  const told = await outcomeEvents(transaction, outcomes);
  let next = 0;
  return changes.flatMap((change) => {
    const own = told.slice(next, (next += outcomesOf(change).length));
    if (change.kind === 'listed') return []; // who may claim changes nothing that endpoints are told
    return isOutcome(change.kind) ? own.flat() : [stateEvent(change)];
  });
}

function outcomesOf({ kind, campaignId, arrivalNos, at }: Change): FoundOutcome[] {
  if (!isOutcome(kind)) return [];
  return arrivalNos.map((arrivalNo) => ({ campaignId, arrivalNo, outcome: kind, atMs: at.getTime() }));
}

/** `finished` has no terms: they are the last ones. */
function stateEvent({ kind, campaignId, detail, at }: Change): Event {
  if (kind === 'finished')
    return campaignEvent(campaignId, kind, at.getTime(), { state: 'FINISHED', final: true });
  const { revision, state, opensAt, closesAt } = detail as StateDetail;
  // A restored database counts on from an older revision: the same number may mean another state then.
  return campaignEvent(campaignId, `${revision} ${at.toISOString()}`, at.getTime(), {
    ...{ state, revision, opensAt: timeOf(opensAt), closesAt: timeOf(closesAt), final: false },
  });
}

function timeOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

/** The events of each outcome, in the order of the outcomes. */
async function outcomeEvents(
  transaction: EntityManager,
  outcomes: readonly FoundOutcome[],
): Promise<readonly (readonly Event[])[]> {
  if (outcomes.length === 0) return [];
  const grants = await readGrants(transaction, outcomes);
  const users = await readUsers(transaction, outcomes);
  const prizes = await readPrizes(transaction, outcomes);
  const promotions = await readUntoldPromotions(transaction, outcomes, users);
  return outcomes.map((found, index) => {
    const { campaignId, arrivalNo, atMs } = found;
    const place = { campaignId, userId: users.get(keyOf(found)) ?? null, arrivalNo };
    const event = outcomeEvent(found, place, grants[index] ?? null, prizes);
    const slot = promotions.get(keyOf(found));
    return slot === undefined ? [event] : [promotion(place, slot, atMs, prizes), event];
  });
}

/** An outcome is final, so the rows say the same however much later they are read. */
function outcomeEvent(
  { outcome, atMs }: FoundOutcome,
  place: EventPlace,
  grant: GrantFacts | null,
  prizes: Prizes,
): Event {
  const slot = grant?.slot ?? null;
  const prize = prizes.get(place.campaignId);
  const payoutReference = grant?.reference ?? null;
  switch (outcome) {
    case 'promoted':
      return promotion(place, slot, atMs, prizes);
    case 'left':
      return grantEvent('grant.ended', place, atMs, { reason: 'left' });
    case 'ended':
      return grantEvent('grant.ended', place, atMs, { reason: 'line-ended' });
    case 'paid':
      return grantEvent('grant.paid', place, atMs, { slot, ...prize, payoutReference });
    case 'failed':
      return grant?.payoutState === 'REVOKED'
        ? grantEvent('grant.ended', place, atMs, { slot, reason: 'revoked' })
        : grantEvent('grant.failed', place, atMs, { slot, reason: grant?.reason ?? null });
    case 'reversed': {
      const slotPassedOn = grant?.status === 'FAILED';
      return grantEvent('grant.reversed', place, atMs, { slot, ...prize, payoutReference, slotPassedOn });
    }
  }
}

function promotion(place: EventPlace, slot: number | null, atMs: number, prizes: Prizes): Event {
  return grantEvent('grant.promoted', place, atMs, { slot, ...prizes.get(place.campaignId) });
}

const keyOf = ({ campaignId, arrivalNo }: Person): string => `${campaignId}/${arrivalNo}`;

async function readUsers(
  snapshot: EntityManager,
  people: readonly Person[],
): Promise<ReadonlyMap<string, string>> {
  const found = await readClaims(
    snapshot,
    people.map(({ campaignId, arrivalNo }) => ({ campaignId, after: arrivalNo - 1, upTo: arrivalNo })),
  );
  return new Map(found.map((claim) => [keyOf(claim), claim.userId]));
}

/**
 * The slots of people who were told that they wait, and whose promotion nobody recorded: their place and their grant
 * were committed without seeing each other. What became of the grant is the first that is heard of it.
 */
async function readUntoldPromotions(
  transaction: EntityManager,
  outcomes: readonly FoundOutcome[],
  users: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, number>> {
  const paidOrNot = outcomes.filter(({ outcome }) => outcome === 'paid' || outcome === 'failed');
  if (paidOrNot.length === 0) return new Map();
  const slots = await readUnrecordedPromotions(transaction, paidOrNot);
  const candidates = paidOrNot.flatMap((found, index) => {
    const slot = slots[index] ?? null;
    if (slot === null) return [];
    const place = { ...found, userId: users.get(keyOf(found)) ?? null };
    return [{ key: keyOf(found), slot, waitingId: grantEventId('grant.waiting', place) }];
  });
  if (candidates.length === 0) return new Map();
  const told = await rows<{ id: string }>(
    transaction,
    `SELECT event_id AS id FROM webhook_events WHERE event_id = ANY ($1::text[])`,
    [candidates.map(({ waitingId }) => waitingId)],
  );
  const waited = new Set(told.map(({ id }) => id));
  return new Map(
    candidates.flatMap(({ key, slot, waitingId }) => (waited.has(waitingId) ? [[key, slot] as const] : [])),
  );
}
