import type { Operation, ToldClaim } from './history.js';
import { codeOf, toldClaim } from './history.js';
import type { World } from './world.js';

/** A place as Postgres holds it, with the grant of who has one. */
interface Place {
  readonly userId: string;
  readonly arrivalNo: number;
  readonly grantSeq: number | null;
  readonly status: ToldClaim['status'];
  readonly createdAt: string;
  readonly walletIsClosed: boolean;
}

interface Terms {
  readonly capacity: number;
  readonly waitingCapacity: number;
}

/**
 * What of a campaign at rest contradicts what its clients were told, or the promises; empty when nothing does. What
 * Postgres and Redis say by themselves is the audit's.
 */
export async function brokenPromises(
  world: World,
  campaignId: string,
  history: readonly Operation[],
): Promise<string[]> {
  const [terms] = await world.rows<Terms>(
    `SELECT capacity, waiting_capacity AS "waitingCapacity" FROM campaigns WHERE id = $1`,
    [campaignId],
  );
  if (!terms) return [`there is no campaign ${campaignId}`];
  const places = await placesOf(world, campaignId);
  const own = history.filter((operation) => operation.campaignId === campaignId);
  return [
    ...wrongNumbers(own, places),
    ...wrongOrder(own, places),
    ...soldOutTooEarly(own, places, terms),
    ...wrongPeople(places, terms),
  ];
}

/** In order of arrival. */
async function placesOf(world: World, campaignId: string): Promise<Place[]> {
  const places = await world.rows<Omit<Place, 'createdAt'> & { createdAt: Date }>(
    `SELECT place.*, EXISTS (SELECT FROM ledger_accounts wallet
                              WHERE wallet.user_id = place."userId"::bigint AND wallet.closed_at IS NOT NULL) AS "walletIsClosed"
       FROM (SELECT user_id::text AS "userId", arrival_no::float8 AS "arrivalNo", grant_seq AS "grantSeq", status,
                    created_at AS "createdAt"
               FROM user_grants WHERE campaign_id = $1
              UNION ALL
             SELECT user_id::text, arrival_no::float8, NULL, CASE WHEN ended_at IS NULL THEN 'WAITING' ELSE 'ENDED' END,
                    created_at
               FROM waiting_line WHERE campaign_id = $1) AS place
      ORDER BY "arrivalNo"`,
    [campaignId],
  );
  return places.map((place) => ({ ...place, createdAt: place.createdAt.toISOString() }));
}

/** P2, P4: every place that anybody was ever told is in Postgres, with the same numbers. */
function wrongNumbers(history: readonly Operation[], places: readonly Place[]): string[] {
  const byUser = new Map(places.map((place) => [place.userId, place]));
  return history.flatMap((operation) => {
    const told = toldClaim(operation);
    if (!told) return [];
    const place = byUser.get(told.userId);
    const isFinal = told.status !== 'PENDING' && told.status !== 'WAITING';
    const agrees =
      operation.userId === told.userId &&
      place?.arrivalNo === told.arrivalNo &&
      place.createdAt === told.createdAt &&
      (told.grantSeq === null || place.grantSeq === told.grantSeq) &&
      (!isFinal || place.status === told.status);
    if (agrees) return [];
    return [
      `P4: user ${operation.userId} was told ${JSON.stringify(told)}, Postgres has ${JSON.stringify(place)}`,
    ];
  });
}

/** P3: whoever was told a place before somebody else first asked is ahead of them. */
function wrongOrder(history: readonly Operation[], places: readonly Place[]): string[] {
  const told = history
    .flatMap((operation) => {
      const claim = toldClaim(operation);
      return claim && operation.end !== null ? [{ at: operation.end, arrivalNo: claim.arrivalNo }] : [];
    })
    .sort((a, b) => a.at - b.at);
  const asked = firstAsked(history, places).sort((a, b) => a.at - b.at);
  const violations: string[] = [];
  let largest = 0;
  let next = 0;
  for (const { at, place } of asked) {
    for (let answer = told[next]; answer && answer.at < at; answer = told[++next])
      largest = Math.max(largest, answer.arrivalNo);
    if (place.arrivalNo < largest)
      violations.push(
        `P3: user ${place.userId} got arrival ${place.arrivalNo} after ${largest} had been told`,
      );
  }
  return violations;
}

/** P5: when "sold out" was said, all slots and the whole line were durable: they lie before whoever asks later. */
function soldOutTooEarly(
  history: readonly Operation[],
  places: readonly Place[],
  { capacity, waitingCapacity }: Terms,
): string[] {
  const said = history.flatMap((operation) =>
    operation.status === 409 && codeOf(operation) === 'sold-out' ? [operation.end ?? Infinity] : [],
  );
  if (said.length === 0) return [];
  const violations: string[] = [];
  if (places.length < capacity + waitingCapacity)
    violations.push(`P5: somebody was told "sold out", and there are only ${places.length} places`);
  const first = Math.min(...said);
  for (const { at, place } of firstAsked(history, places)) {
    const ahead = places.filter(({ arrivalNo }) => arrivalNo < place.arrivalNo).length;
    if (at > first && ahead < capacity + waitingCapacity)
      violations.push(
        `P5: user ${place.userId} asked after somebody was sold out and has only ${ahead} ahead`,
      );
  }
  return violations;
}

/** P1, P3, P6, P8: paid are the first `capacity` arrivals whose wallets are open, and those before them have failed. */
function wrongPeople(places: readonly Place[], { capacity }: Terms): string[] {
  const payable = places.filter(({ walletIsClosed }) => !walletIsClosed).slice(0, capacity);
  const paid = places.filter(({ status }) => status === 'SUCCESS');
  const [wanted, got] = [payable, paid].map((people) => people.map(({ userId }) => userId).join(' '));
  return [
    ...(paid.length === capacity ? [] : [`P6: ${paid.length} of ${capacity} are paid`]),
    ...(wanted === got ? [] : [`P3: to be paid are users ${wanted}; paid are ${got}`]),
    ...places
      .filter(({ status }) => status === 'PENDING')
      .map(({ userId }) => `P8: user ${userId} is still to be paid`),
  ];
}

function firstAsked(history: readonly Operation[], places: readonly Place[]): { at: number; place: Place }[] {
  const first = new Map<string, number>();
  for (const { op, userId, start } of history)
    if (op === 'claim' && userId !== null) first.set(userId, Math.min(first.get(userId) ?? Infinity, start));
  return places.flatMap((place) => {
    const at = first.get(place.userId);
    return at === undefined ? [] : [{ at, place }];
  });
}
