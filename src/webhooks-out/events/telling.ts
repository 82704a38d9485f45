import type { DataSource, EntityManager } from 'typeorm';
import type { Change, ChangeFeed } from '../../changes/change-feed.js';
import { drawEnd, readMoment } from '../../changes/moment.js';
import { rows } from '../../platform/postgres/rows.js';
import { addUnnotedCampaigns, READER } from './begin-telling.js';
import { changeEvents } from './change-events.js';
import { claimEvents } from './claim-events.js';
import type { Event } from './event.js';
import { readPrizes } from './prizes.js';
import { takeNewClaims } from './told-claims.js';

/** Changes that are read at once, and the people that they may be about. */
const MOST_CHANGES = 500;
const MOST_PEOPLE = 5_000;

/**
 * Turns committed rows into events, in rounds of one transaction each. An event about a grant is never written before
 * an earlier one: claims come first, and changes are read once the snapshot shows no claim that was not told. After a
 * failure it does not know what was committed; begin another one.
 */
export class Telling {
  private constructor(
    private readonly source: DataSource,
    private readonly feed: ChangeFeed,
    private readonly teller: string,
    /** Of the last event. Another process that tells has moved it, and so has whoever began to tell anew. */
    private lastEventNo: string,
    /** Once the transactions below are over, no campaign is overlooked; null when they are. */
    private unsureUntil: bigint | null,
  ) {}

  /** @param teller the id of this process; see `Lead` */
  static async begin(source: DataSource, feed: ChangeFeed, teller: string): Promise<Telling> {
    const [progress] = await rows<{ no: string }>(
      source,
      `SELECT last_event_no::text AS no FROM webhook_progress`,
    );
    return new Telling(source, feed, teller, progress?.no ?? '0', await drawEnd(source));
  }

  /**
   * Writes events about what is new, each once.
   * @returns whether there is more to do at once
   * @throws Error when another process tells meanwhile, or telling was begun anew: nothing was written
   */
  async round(): Promise<boolean> {
    const { lastEventNo, hasMore } = await this.source.transaction('REPEATABLE READ', (transaction) =>
      this.tell(transaction),
    );
    this.lastEventNo = lastEventNo;
    return hasMore;
  }

  private async tell(
    transaction: EntityManager,
  ): Promise<{ readonly lastEventNo: string; readonly hasMore: boolean }> {
    if ((await rows(transaction, LEAD, [this.lastEventNo, this.teller])).length === 0)
      throw new Error('Another process tells by webhooks, or telling was begun anew.');
    const { horizon } = await readMoment(transaction);
    if (this.unsureUntil !== null && horizon >= this.unsureUntil) {
      await addUnnotedCampaigns(transaction);
      this.unsureUntil = null; // a round that fails ends this object
    }
    const { claims, isWhole } = await takeNewClaims(transaction);
    const ofClaims = claimEvents(claims, await readPrizes(transaction, claims));
    let lastEventNo = await this.add(transaction, this.lastEventNo, ofClaims);
    if (!isWhole) return { lastEventNo, hasMore: true };
    // What became of people of a campaign that is still overlooked would be told before their claims.
    if (this.unsureUntil !== null) return { lastEventNo, hasMore: false };

    const after = await this.feed.positionOf(READER, transaction);
    const found = await this.feed.read(transaction, after, MOST_CHANGES);
    const changes = readable(found);
    const last = changes.at(-1);
    if (!last) return { lastEventNo, hasMore: false };
    await noteCampaigns(transaction, changes);
    lastEventNo = await this.add(transaction, lastEventNo, await changeEvents(transaction, changes));
    await this.feed.confirm(transaction, READER, last.position);
    return { lastEventNo, hasMore: found.length === MOST_CHANGES || changes.length < found.length };
  }

  /** @returns the number of the last event */
  private async add(transaction: EntityManager, after: string, events: readonly Event[]): Promise<string> {
    if (events.length === 0) return after;
    const [added] = await rows<{ last: string }>(transaction, ADD, [
      after,
      events.map(({ id }) => id),
      events.map(({ type }) => type),
      events.map(({ subject }) => subject),
      events.map(({ body }) => body),
    ]);
    return added?.last ?? after;
  }
}

/**
 * As many changes as are about MOST_PEOPLE, and at least one. What became of people of a campaign that begins among
 * them is left to the next round, which tells their claims first.
 */
function readable(changes: readonly Change[]): readonly Change[] {
  const begun = new Set<string>();
  let people = 0;
  const end = changes.findIndex(({ campaignId, kind, arrivalNos }, place) => {
    people += arrivalNos.length;
    if (kind === 'terms') begun.add(campaignId);
    return (people > MOST_PEOPLE && place > 0) || (arrivalNos.length > 0 && begun.has(campaignId));
  });
  return end < 0 ? changes : changes.slice(0, end);
}

/** From its creation to its end, the claims of a campaign are looked for. */
async function noteCampaigns(transaction: EntityManager, changes: readonly Change[]): Promise<void> {
  const idsOf = (kind: string): string[] =>
    changes.filter((change) => change.kind === kind).map(({ campaignId }) => campaignId);
  await rows(
    transaction,
    `INSERT INTO webhook_campaigns (campaign_id, told_up_to) SELECT id, 0 FROM unnest($1::text[]) AS begun (id)
     ON CONFLICT (campaign_id) DO NOTHING RETURNING campaign_id`,
    [idsOf('terms')],
  );
  await rows(
    transaction,
    `WITH gone AS (
       DELETE FROM webhook_campaigns WHERE campaign_id = ANY ($1::text[]) RETURNING campaign_id
     ) SELECT campaign_id FROM gone`,
    [idsOf('finished')],
  );
}

/** $1 the number of the last event, $2 who tells. Until the transaction ends, nobody else tells. */
const LEAD = `
  SELECT is_one FROM webhook_progress WHERE last_event_no = $1::bigint AND teller = $2::uuid FOR UPDATE`;

/**
 * $1 the number of the last event; $2 to $5 the new events. Numbers rise in the order of commits. An event that is
 * there already leaves its number unused.
 */
const ADD = `
  WITH moved AS (
    UPDATE webhook_progress SET last_event_no = $1::bigint + cardinality($2::text[]) RETURNING last_event_no
  ), added AS (
    INSERT INTO webhook_events (no, event_id, type, subject, body)
    SELECT $1::bigint + event.place, event.id, event.type, event.subject, event.body
      FROM unnest($2::text[], $3::text[], $4::text[], $5::text[]) WITH ORDINALITY AS event (id, type, subject, body, place)
    ON CONFLICT (event_id) DO NOTHING
  ) SELECT last_event_no::text AS last FROM moved`;
