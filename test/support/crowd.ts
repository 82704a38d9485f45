import { setTimeout as sleep } from 'node:timers/promises';
import { brokenByAudit } from './audited.js';
import { booksOf, closeWallets } from './books.js';
import { eventually } from './eventually.js';
import { adminToken, tokenOf } from './tokens.js';
import type { World } from './world.js';

/** The service promises 2 s; the rest is for a busy machine. Whatever takes longer counts as a hang. */
const ANSWERED_WITHIN_MS = 6_000;
const RETRY_PAUSE_MS = 40;
/** Generous: how long one person may have to ask because of a fault and its recovery. */
const PATIENCE_MS = 60_000;

/** What one person was told in the end. Times by one clock; `askedAt` is the first time, which may have counted. */
interface Told {
  readonly userId: string;
  readonly askedAt: number;
  readonly answeredAt: number;
  readonly arrivalNo: number;
  readonly grantSeq: number | null;
  readonly createdAt: string;
}

/**
 * People who claim in one campaign, one after the other, each repeatedly until there is a definite answer, through the
 * instances in turn. Keeps what they were told, and compares it with the outcome.
 */
export class Crowd {
  private readonly told: Told[] = [];
  private readonly soldOut: string[] = [];
  private readonly firstAsked = new Map<number, number>();
  private sent = 0;

  private constructor(
    private readonly world: World,
    private readonly instances: readonly { readonly url: string }[],
    readonly campaignId: string,
    private readonly capacity: number,
    private readonly closedWallets: readonly number[],
  ) {}

  /** @param closedWallets users whose payout is rejected, so that slots go to the line */
  static async gather(
    world: World,
    instances: readonly { readonly url: string }[],
    campaign: { readonly id: string; readonly capacity: number; readonly waitingCapacity: number },
    closedWallets: readonly number[],
  ): Promise<Crowd> {
    await closeWallets(world, closedWallets);
    const crowd = new Crowd(world, instances, campaign.id, campaign.capacity, closedWallets);
    const created = await crowd.send('POST', '/v1/campaigns', await adminToken(), {
      ...{ name: campaign.id, amount: 10, currency: 'KRW', ...campaign },
    });
    expect(created.status).toBe(201);
    return crowd;
  }

  /** Starts the claims one after the other, `everyMs` apart; resolves when everybody has an answer other than 503. */
  async rush(userIds: readonly number[], everyMs: number): Promise<void> {
    const people: Promise<void>[] = [];
    for (const userId of userIds) {
      people.push(this.persist(userId));
      people.at(-1)?.catch(() => undefined); // it is awaited below
      await sleep(everyMs);
    }
    await Promise.all(people);
  }

  /** Waits until `count` people have a definite answer. */
  async answered(count: number): Promise<void> {
    await eventually(() => expect(this.told.length + this.soldOut.length).toBeGreaterThanOrEqual(count));
  }

  /** Claims once, and expects 503 with Retry-After in time. */
  async expectUnavailable(userId: number): Promise<void> {
    expect(await this.askOnce(userId)).toBe(503);
  }

  /** Claims once. @returns the status: 503 comes with Retry-After and in time, or this throws */
  async askOnce(userId: number): Promise<number> {
    return (await this.ask(userId)).status;
  }

  /**
   * Expects that no grant is pending, that the right people are paid, and that everybody was told what Postgres holds:
   * P1 to P6, and the audit's statements.
   */
  async expectRightPeoplePaid(): Promise<void> {
    await eventually(async () => {
      const { pending, success } = await booksOf(this.world, this.campaignId);
      expect({ pending, success }).toEqual({ pending: 0, success: this.capacity });
    }, 40_000);
    const stored = await this.stored();
    const numbers = new Map(stored.map((place) => [place.userId, place]));
    for (const { userId, arrivalNo, grantSeq, createdAt } of this.told) {
      const place = numbers.get(userId);
      expect({ userId, arrivalNo, createdAt }).toEqual({
        userId,
        arrivalNo: place?.arrivalNo,
        createdAt: place?.createdAt.toISOString(),
      });
      if (grantSeq !== null) expect({ userId, grantSeq }).toEqual({ userId, grantSeq: place?.grantSeq });
    }
    for (const userId of this.soldOut) expect([userId, numbers.get(userId)]).toEqual([userId, undefined]);
    this.expectOrder();
    expect(new Set(stored.map(({ arrivalNo }) => arrivalNo)).size).toBe(stored.length);
    const payable = stored.filter(({ userId }) => !this.closedWallets.includes(Number(userId)));
    expect(stored.filter(({ status }) => status === 'SUCCESS').map(({ userId }) => userId)).toEqual(
      payable.slice(0, this.capacity).map(({ userId }) => userId),
    );
    await eventually(
      async () => expect(await brokenByAudit(this.world, this.campaignId)).toEqual([]),
      20_000,
    );
  }

  /** P3: a user who was answered before another one asked is before that one. */
  private expectOrder(): void {
    const inOrder = this.told.toSorted((a, b) => a.arrivalNo - b.arrivalNo);
    let latestQuestion = -Infinity;
    for (const { userId, askedAt, answeredAt } of inOrder) {
      if (answeredAt < latestQuestion)
        throw new Error(`User ${userId} was answered before a user with a lower arrival number asked.`);
      latestQuestion = Math.max(latestQuestion, askedAt);
    }
  }

  private stored(): Promise<
    { userId: string; arrivalNo: number; grantSeq: number | null; createdAt: Date; status: string }[]
  > {
    return this.world.rows(
      `SELECT user_id AS "userId", arrival_no::int AS "arrivalNo", grant_seq AS "grantSeq", created_at AS "createdAt", status
         FROM user_grants WHERE campaign_id = $1
        UNION ALL
       SELECT user_id, arrival_no::int, NULL, created_at, 'WAITING' FROM waiting_line WHERE campaign_id = $1
        ORDER BY 2`,
      [this.campaignId],
    );
  }

  private async persist(userId: number): Promise<void> {
    const giveUpAt = performance.now() + PATIENCE_MS;
    for (;;) {
      const { status, body } = await this.ask(userId);
      if (status === 200 || status === 202) {
        const { arrivalNo, grantSeq, createdAt } = body as Omit<Told, 'userId'>;
        const [askedAt = 0, answeredAt] = [this.firstAsked.get(userId), performance.now()];
        this.told.push({ userId: String(userId), askedAt, answeredAt, arrivalNo, grantSeq, createdAt });
        return;
      }
      if (status === 409) {
        expect(body).toMatchObject({ code: 'sold-out' });
        this.soldOut.push(String(userId));
        return;
      }
      if (performance.now() > giveUpAt) throw new Error(`User ${userId} was told ${status} for too long.`);
      await sleep(RETRY_PAUSE_MS);
    }
  }

  /** Claims once. An unforeseen answer fails the test. */
  private async ask(userId: number): Promise<{ status: number; body: unknown }> {
    const path = `/v1/campaigns/${this.campaignId}/grants`;
    this.firstAsked.set(userId, this.firstAsked.get(userId) ?? performance.now());
    const response = await this.send('POST', path, await tokenOf(userId));
    const body = (await response.json()) as unknown;
    expect([200, 202, 409, 503]).toContain(response.status);
    if (response.status === 503) {
      expect(body).toMatchObject({ code: 'unavailable' });
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    }
    return { status: response.status, body };
  }

  private send(method: string, path: string, token: string, body?: object): Promise<Response> {
    const instance = this.instances[this.sent++ % this.instances.length];
    if (!instance) throw new Error('A crowd needs an instance.');
    return fetch(`${instance.url}${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, ...(body ? { 'Content-Type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(ANSWERED_WITHIN_MS),
    });
  }
}
