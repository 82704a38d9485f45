import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { type EndedPayout, failureReason } from '../../grants/failure-reason.js';
import { UserGrant } from '../../grants/user-grant.entity.js';
import { Environment } from '../../platform/config/environment.js';
import { READS } from '../../platform/postgres/reads.js';
import { rows } from '../../platform/postgres/rows.js';
import { needsSearch, selectHolders, selectPeople, selectPerson, STRETCH } from './people-sql.js';
import { type PeopleFilter, type Person, PERSON_STATUSES } from './person.js';

export interface PeoplePage {
  readonly items: readonly Person[];
  /** The arrival number after which the next page begins; null on the last. A page may hold less than `limit`. */
  readonly next: number | null;
}

/** Arrival numbers: above `after`, up to `upTo`. */
interface Range {
  readonly after: number;
  readonly upTo: number;
}

type Row = Omit<Person, 'slotFrom' | 'failureReason'> &
  EndedPayout & {
    readonly earlierUserId: string | null;
    readonly earlierArrivalNo: number | null;
  };

/** Share of the deadline. A search that takes longer ends with what was found. */
const SHARE_OF_DEADLINE = 0.5;

/** Everybody who has claimed in a campaign, and what became of each, for operators. */
@Injectable()
export class PeopleReport {
  constructor(
    @InjectRepository(UserGrant, READS) private readonly grants: Repository<UserGrant>,
    private readonly environment: Environment,
  ) {}

  /**
   * One page of the people who came after `after`, in order of arrival. Each statement costs a page, or a stretch of
   * arrivals where it has to search: for SUCCESS without the other states that have a slot, or by time.
   * @param limit how many people at most, from 1
   */
  async page(campaignId: string, filter: PeopleFilter, after: number, limit: number): Promise<PeoplePage> {
    const { status = PERSON_STATUSES, userId, arrivalFrom = 1, arrivalTo = Number.MAX_SAFE_INTEGER } = filter;
    const range = { after: Math.max(after, arrivalFrom - 1), upTo: arrivalTo };
    if (userId !== undefined) return { items: await this.one(campaignId, userId, filter, range), next: null };
    if (filter.grantSeq !== undefined) return this.holders(campaignId, filter.grantSeq, filter, range, limit);
    if (needsSearch(status) || filter.createdFrom !== undefined || filter.createdBefore !== undefined)
      return this.search(campaignId, filter, range, limit);
    const parameters = [campaignId, range.after, range.upTo, limit];
    const items = await this.select(selectPeople(status, false), parameters);
    return pageOf(items, limit);
  }

  /**
   * Page by page: memory stays flat, however many people there are. A page is empty when a search has found nobody for
   * half of the deadline.
   */
  async *pages(
    campaignId: string,
    filter: PeopleFilter,
    pageSize: number,
  ): AsyncGenerator<readonly Person[]> {
    for (let after: number | null = 0; after !== null;) {
      const page: PeoplePage = await this.page(campaignId, filter, after, pageSize);
      yield page.items;
      after = page.next;
    }
  }

  private async one(
    campaignId: string,
    userId: string,
    filter: PeopleFilter,
    { after, upTo }: Range,
  ): Promise<Person[]> {
    const found = await this.select(selectPerson(), [campaignId, userId]);
    return found.filter(
      (person) => person.arrivalNo > after && person.arrivalNo <= upTo && isWanted(person, filter),
    );
  }

  /** Whoever holds a slot, or held it, by an index. Of these, those that the filter leaves: a page may be short. */
  private async holders(
    campaignId: string,
    grantSeq: number,
    filter: PeopleFilter,
    { after, upTo }: Range,
    limit: number,
  ): Promise<PeoplePage> {
    const holders = await this.select(selectHolders(), [campaignId, grantSeq, after, upTo, limit]);
    const { next } = pageOf(holders, limit);
    return { items: holders.filter((person) => isWanted(person, filter)), next };
  }

  /** What has no index is searched for, stretch by stretch of arrivals. */
  private async search(
    campaignId: string,
    { status = PERSON_STATUSES, createdFrom, createdBefore }: PeopleFilter,
    { after, upTo }: Range,
    limit: number,
  ): Promise<PeoplePage> {
    const giveUpAt = performance.now() + SHARE_OF_DEADLINE * this.environment.REQUEST_DEADLINE_MS;
    const last = Math.min(upTo, await this.lastArrivalNo(campaignId));
    const statement = selectPeople(status, true);
    const times = [createdFrom, createdBefore].map((time) => (time === undefined ? null : new Date(time)));
    const items: Person[] = [];
    for (let reached = after; reached < last;) {
      const end = Math.min(reached + STRETCH, last);
      const parameters = [campaignId, reached, end, limit - items.length, ...times];
      items.push(...(await this.select(statement, parameters)));
      if (items.length === limit) return pageOf(items, limit);
      reached = end;
      if (reached < last && performance.now() > giveUpAt) return { items, next: reached };
    }
    return { items, next: null };
  }

  private async lastArrivalNo(campaignId: string): Promise<number> {
    const ofGrants = await this.grants
      .createQueryBuilder('g')
      .select('MAX(g.arrivalNo)', 'last')
      .where({ campaignId })
      .getRawOne<{ last: string | null }>();
    const [inLine] = await rows<{ last: string | null }>(this.grants.manager, LAST_IN_LINE, [campaignId]);
    return Math.max(Number(ofGrants?.last ?? 0), Number(inLine?.last ?? 0));
  }

  private async select(sql: string, parameters: unknown[]): Promise<Person[]> {
    return (await rows<Row>(this.grants.manager, sql, parameters)).map(toPerson);
  }
}

/** By what no statement has looked at. */
function isWanted(
  { status, grantSeq, createdAt }: Person,
  { status: statuses, grantSeq: slot, createdFrom, createdBefore }: PeopleFilter,
): boolean {
  return (
    (statuses?.includes(status) ?? true) &&
    (slot === undefined || grantSeq === slot) &&
    (createdFrom === undefined || createdAt >= new Date(createdFrom)) &&
    (createdBefore === undefined || createdAt < new Date(createdBefore))
  );
}

/** $1 campaign. */
const LAST_IN_LINE = `SELECT max(arrival_no) AS last FROM waiting_entries WHERE campaign_id = $1`;

function toPerson({ earlierUserId, earlierArrivalNo, payoutState, payoutError, ...person }: Row): Person {
  const { payoutReference } = person;
  return {
    ...person,
    slotFrom:
      earlierUserId === null || earlierArrivalNo === null
        ? null
        : { userId: earlierUserId, arrivalNo: earlierArrivalNo },
    failureReason: failureReason({ payoutState, payoutReference, payoutError }),
  };
}

function pageOf(items: readonly Person[], limit: number): PeoplePage {
  const last = items.at(-1);
  return { items, next: last && items.length === limit ? last.arrivalNo : null };
}
