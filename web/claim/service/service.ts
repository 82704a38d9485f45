import type { Campaign } from './answers.js';
import { type Answer, exchange, type SILENCE } from './exchange.js';

/** A little over the service's own deadline (REQUEST_DEADLINE_MS), for a phone far away. */
const CLAIM_DEADLINE_MS = 4_000;
const READ_DEADLINE_MS = 8_000;

export type Reply = Promise<Answer | typeof SILENCE>;

/** How requests say who asks: by the page's cookie, or by a bearer token. */
export interface Credentials {
  /** Whether browsers send the cookie of the service's own origin. */
  readonly byCookie: boolean;
  /** Headers of each request, empty when nobody is signed in. */
  headers(): Readonly<Record<string, string>>;
}

/** The calls of the API that a person with one campaign needs. */
export class Service {
  readonly #campaignUrl: string;
  readonly #grantsUrl: string;

  /**
   * @param origin where the service is: scheme, host and port
   * @param preferences headers of claims
   */
  constructor(
    private readonly origin: string,
    campaignId: string,
    private readonly credentials: Credentials,
    private readonly preferences: Readonly<Record<string, string>>,
  ) {
    this.#campaignUrl = `${origin}/v1/campaigns/${encodeURIComponent(campaignId)}`;
    this.#grantsUrl = `${this.#campaignUrl}/grants`;
  }

  /** The service's time: ms since 1970, or null. */
  async time(): Promise<number | null> {
    const answer = await exchange(`${this.origin}/v1/time`, { credentials: 'omit' }, READ_DEADLINE_MS);
    const unixMs = answer?.body.unixMs;
    return answer?.status === 200 && typeof unixMs === 'number' ? unixMs : null;
  }

  /** The campaign a second old at most; null when it could not be read, undefined when there is none. */
  async campaign(): Promise<Campaign | null | undefined> {
    const answer = await exchange(
      this.#campaignUrl,
      { credentials: 'omit', cache: 'default' },
      READ_DEADLINE_MS,
    );
    if (answer?.status === 404) return undefined;
    return answer?.status === 200 ? (answer.body as unknown as Campaign) : null;
  }

  /** The public record of the campaign, as a file. */
  get proofUrl(): string {
    return `${this.#campaignUrl}/proof`;
  }

  /** The page that checks a receipt. */
  get checkUrl(): string {
    return `${this.origin}/verify`;
  }

  /** Asks for a slot. Safe to repeat: a user who has a place gets the same place. */
  claim(): Reply {
    return this.#own('POST', this.#grantsUrl, CLAIM_DEADLINE_MS, this.preferences);
  }

  /** @param etag of the last answer: 304 says that nothing has changed */
  status(etag: string | null): Reply {
    return this.#own('GET', `${this.#grantsUrl}/me`, READ_DEADLINE_MS, etag ? { 'If-None-Match': etag } : {});
  }

  /** Where the public record has the claim. */
  proof(): Reply {
    return this.#own('GET', `${this.#grantsUrl}/me/proof`, READ_DEADLINE_MS);
  }

  /** Leaves the waiting line for good. */
  leave(): Reply {
    return this.#own('DELETE', `${this.#grantsUrl}/me`, READ_DEADLINE_MS);
  }

  session(): Reply {
    return this.#own('GET', `${this.origin}/v1/session`, READ_DEADLINE_MS);
  }

  logOut(): Reply {
    return this.#own('POST', `${this.origin}/logout`, READ_DEADLINE_MS);
  }

  #own(
    method: string,
    url: string,
    deadlineMs: number,
    headers: Readonly<Record<string, string>> = {},
  ): Reply {
    return exchange(
      url,
      {
        method,
        headers: { ...headers, ...this.credentials.headers() },
        credentials: this.credentials.byCookie ? 'same-origin' : 'omit',
      },
      deadlineMs,
    );
  }
}
