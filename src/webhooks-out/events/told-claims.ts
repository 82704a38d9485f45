import type { EntityManager } from 'typeorm';
import { type ClaimRow, readClaims } from '../../changes/claim-rows.js';
import { rows } from '../../platform/postgres/rows.js';

/** Claims that are read at once, of all campaigns together; each campaign gets a share, and never less than LEAST. */
const MOST_CLAIMS = 5_000;
const LEAST_CLAIMS = 100;

/** How far the claims of a campaign were told, and how far they could be. */
interface Standing {
  readonly campaignId: string;
  readonly toldUpTo: number;
  /** Arrival numbers below that were not durable, as ranges: first, last, first, last … */
  readonly missing: readonly number[];
  /** The highest arrival number that is durable; 0 for none. */
  readonly lastArrivalNo: number;
  /** Numbers up to here that have no row never get one: a gate was rebuilt without them. */
  readonly lostUpTo: number;
}

/** What is new of claims. */
export interface NewClaims {
  /** By campaign and arrival. */
  readonly claims: readonly ClaimRow[];
  /** Whether these are all that the snapshot shows. */
  readonly isWhole: boolean;
}

/**
 * Reads the claims that were not told yet, and notes that they are. They become durable in another order than that of
 * their numbers: a number that is passed over is looked for again until it is there, or certainly lost. It holds back
 * nobody else, since only events about one grant have an order.
 * @param transaction REPEATABLE READ; what it reads and what it notes belong to one snapshot
 */
export async function takeNewClaims(transaction: EntityManager): Promise<NewClaims> {
  const behind = (await rows<Standing>(transaction, STANDINGS)).filter(
    ({ toldUpTo, missing, lastArrivalNo }) => lastArrivalNo > toldUpTo || missing.length > 0,
  );
  if (behind.length === 0) return { claims: [], isWhole: true };
  const share = Math.max(LEAST_CLAIMS, Math.floor(MOST_CLAIMS / behind.length));
  const next = behind.map((standing) => ({
    ...standing,
    after: standing.toldUpTo,
    upTo: Math.max(standing.toldUpTo, Math.min(standing.lastArrivalNo, standing.toldUpTo + share)),
  }));
  const claims = await readClaims(
    transaction,
    next.flatMap(({ campaignId, after, upTo, missing }) => [
      ...rangesOf(missing).map(([first, last]) => ({ campaignId, after: first - 1, upTo: last })),
      { campaignId, after, upTo },
    ]),
  );
  await rows(transaction, NOTE_TOLD, [
    next.map(({ campaignId }) => campaignId),
    next.map(({ after }) => after),
    next.map(({ upTo }) => upTo),
    next.map(({ lostUpTo }) => lostUpTo),
    claims.map(({ campaignId }) => campaignId),
    claims.map(({ arrivalNo }) => arrivalNo),
  ]);
  return { claims, isWhole: next.every(({ upTo, lastArrivalNo }) => upTo >= lastArrivalNo) };
}

function rangesOf(bounds: readonly number[]): (readonly [first: number, last: number])[] {
  return bounds.flatMap((first, place) =>
    place % 2 === 0 ? [[first, bounds[place + 1] ?? first] as const] : [],
  );
}

const STANDINGS = `
  SELECT told.campaign_id AS "campaignId", told_up_to::float8 AS "toldUpTo",
         ARRAY(SELECT bound FROM unnest(missing) AS hole
                CROSS JOIN LATERAL (VALUES (1, lower(hole)), (2, upper(hole) - 1)) AS bounds (place, bound)
                ORDER BY lower(hole), place)::float8[] AS missing,
         GREATEST((SELECT max(arrival_no) FROM user_grants WHERE campaign_id = told.campaign_id),
                  (SELECT max(arrival_no) FROM waiting_entries WHERE campaign_id = told.campaign_id), 0)::float8 AS "lastArrivalNo",
         COALESCE((SELECT rebuilt_up_to FROM campaign_epochs WHERE campaign_id = told.campaign_id
                    ORDER BY epoch DESC LIMIT 1), 0)::float8 AS "lostUpTo"
    FROM webhook_campaigns told ORDER BY told.campaign_id`;

/**
 * $1 campaigns, $2 and $3 the numbers after and up to which claims were read, $4 up to where what is not there is lost;
 * $5 and $6 the claims that were there.
 */
const NOTE_TOLD = `
  WITH found AS (
    SELECT campaign_id, range_agg(int8range(arrival_no, arrival_no, '[]')) AS numbers
      FROM unnest($5::text[], $6::bigint[]) AS claim (campaign_id, arrival_no) GROUP BY campaign_id
  ), noted AS (
    UPDATE webhook_campaigns told
       SET told_up_to = done.up_to,
           missing = (missing + int8multirange(int8range(done.after, done.up_to, '(]')))
                     - COALESCE((SELECT numbers FROM found WHERE found.campaign_id = told.campaign_id), '{}'::int8multirange)
                     - int8multirange(int8range(NULL, done.lost_up_to, '(]'))
      FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[]) AS done (campaign_id, after, up_to, lost_up_to)
     WHERE told.campaign_id = done.campaign_id RETURNING told.campaign_id
  ) SELECT campaign_id FROM noted`;
