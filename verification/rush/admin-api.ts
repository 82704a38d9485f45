import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { StackError } from '../../tools/stack/stack-error.js';
import { AccessTokens } from './access-tokens.js';
import { retryPauseMs } from './retry-pause.js';
import type { RushTarget } from './rush-target.js';
import { silenceOf } from './silence.js';

/** The part of `GET /v1/campaigns/{id}/stats` that the rush needs. */
export interface CampaignStats {
  readonly capacity: number;
  readonly postgres: {
    readonly pending: number;
    readonly success: number;
    readonly failed: number;
    readonly waiting: number;
    readonly promoted: number;
    readonly ended: number;
  };
  readonly gate: { readonly available: number; readonly processing: number; readonly waiting: number };
}

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

const connections = 32;
/** How long a failing call is repeated, in ms: long enough to restart the service by hand. */
const defaultPatienceMs = 120_000;

/** The service's API for operators. Transient failures are retried. */
export class AdminApi {
  private readonly pool: Pool;
  private readonly tokens: AccessTokens;
  private readonly url: string;
  private adminToken: Promise<string> | undefined;

  constructor(
    { url, jwtSecret }: RushTarget,
    private readonly patienceMs = defaultPatienceMs,
  ) {
    this.url = url;
    this.pool = new Pool(url, { connections, headersTimeout: 10_000, bodyTimeout: 10_000 });
    this.tokens = new AccessTokens(jwtSecret);
  }

  async createCampaign(
    id: string,
    capacity: number,
    terms: { readonly waitingCapacity?: number } = {},
  ): Promise<void> {
    const campaign = { id, name: 'A rush', capacity, amount: 10, currency: 'KRW', ...terms };
    await this.call('POST', '/v1/campaigns', campaign);
  }

  /**
   * Closes the wallets of these users.
   * @param onClosed called before each wallet that is not closed yet
   */
  async closeWallets(userIds: readonly string[], onClosed: (userId: string) => void): Promise<void> {
    await this.forEach(userIds, async (userId) => {
      const path = `/v1/wallets/KRW/${userId}`;
      const wallet = await this.call('GET', path, undefined, { absent: 404 });
      if ((wallet as { state: string } | null)?.state === 'CLOSED') return;
      onClosed(userId);
      await this.call('PATCH', path, { state: 'CLOSED', reason: 'not payable in this rush' });
    });
  }

  async openWallets(userIds: readonly string[]): Promise<void> {
    await this.forEach(userIds, async (userId) => {
      await this.call('PATCH', `/v1/wallets/KRW/${userId}`, { state: 'OPEN', reason: 'rush is over' });
    });
  }

  /** @returns false when somebody has claimed the campaign, so that it can't be deleted */
  async deleteCampaign(campaignId: string): Promise<boolean> {
    return (await this.call('DELETE', `/v1/campaigns/${campaignId}`, undefined, { absent: 409 })) !== null;
  }

  async stats(campaignId: string): Promise<CampaignStats> {
    return (await this.call('GET', `/v1/campaigns/${campaignId}/stats`)) as CampaignStats;
  }

  async closeCampaign(campaignId: string): Promise<void> {
    await this.call('PATCH', `/v1/campaigns/${campaignId}`, { state: 'CLOSED' });
  }

  async stopPayouts(campaignId: string): Promise<void> {
    await this.turnPayouts(campaignId, 'STOPPED', 'Nobody is to be paid in this rush.');
  }

  async resumePayouts(campaignId: string): Promise<void> {
    await this.turnPayouts(campaignId, 'RUNNING', 'Everybody is to be paid now.');
  }

  /** The status of a user's claim, as the API tells that user. */
  async statusOf(campaignId: string, userId: string): Promise<string> {
    const token = await this.tokens.ofUser(userId);
    const path = `/v1/campaigns/${campaignId}/grants/me`;
    const view = await this.call('GET', path, undefined, { token });
    return (view as { status: string }).status;
  }

  async close(): Promise<void> {
    await this.pool.destroy();
  }

  private async turnPayouts(campaignId: string, state: string, reason: string): Promise<void> {
    await this.call('PATCH', `/v1/campaigns/${campaignId}/payouts`, { state, reason });
  }

  /** Does something for each of these, several at a time. */
  private async forEach(userIds: readonly string[], act: (userId: string) => Promise<void>): Promise<void> {
    let next = 0;
    const lane = async (): Promise<void> => {
      for (let userId = userIds[next++]; userId !== undefined; userId = userIds[next++]) await act(userId);
    };
    await Promise.all(Array.from({ length: connections }, lane));
  }

  /**
   * @param absent a status that is no failure, and is answered with null
   * @returns the document of the answer; an empty object if it has none
   */
  private async call(
    method: Method,
    path: string,
    document?: Readonly<Record<string, unknown>>,
    { token, absent }: { readonly token?: string; readonly absent?: number } = {},
  ): Promise<unknown> {
    const bearer = token ?? (await (this.adminToken ??= this.tokens.ofAdministrator()));
    const giveUpAt = performance.now() + this.patienceMs;
    for (let attempt = 1; ; attempt++) {
      const answer = await this.request(method, path, document, bearer);
      if (answer.status !== null && answer.status < 300)
        return answer.text === '' ? {} : JSON.parse(answer.text);
      if (answer.status === absent) return null;
      const mayHelp = answer.status === null || answer.status >= 500 || answer.status === 429;
      if (!mayHelp || performance.now() > giveUpAt) {
        const what = answer.status === null ? 'had no answer' : `was answered ${answer.status}`;
        throw new StackError(`${method} ${path} ${what}: ${answer.text}`);
      }
      await sleep(retryPauseMs(attempt, answer.retryAfter));
    }
  }

  /** The status is null, and the text says why, if there was no answer. */
  private async request(
    method: Method,
    path: string,
    document: Readonly<Record<string, unknown>> | undefined,
    bearer: string,
  ): Promise<{ status: number | null; text: string; retryAfter?: string | string[] }> {
    try {
      const { statusCode, headers, body } = await this.pool.request({
        method,
        path,
        headers: {
          authorization: `Bearer ${bearer}`,
          ...(document ? { 'content-type': 'application/json' } : {}),
        },
        body: document ? JSON.stringify(document) : null,
      });
      return { status: statusCode, text: await body.text(), retryAfter: headers['retry-after'] };
    } catch (error) {
      return { status: null, text: silenceOf(this.url, error) };
    }
  }
}
