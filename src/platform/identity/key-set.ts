import { createLocalJWKSet, type JSONWebKeySet } from 'jose';
import { type Agent, request } from 'undici';
import { outgoingAgent } from '../http/outgoing-agent.js';
import { EventLog } from '../logging/event-log.js';
import { unavailable } from '../problems/problem.js';

/** The key set in which jose looks up a token's key. */
export type Keys = ReturnType<typeof createLocalJWKSet>;

/** The time limit of a fetch, from the request to the last byte of the answer. */
const TIMEOUT_MS = 1_000;
const ANSWER_LIMIT_BYTES = 1_048_576;

/** The pause between two fetches while keys are known: forged tokens must not put load on the key server. */
const PAUSE_MS = 5_000;

/** The pause after a failed fetch while no keys are known that may be used: every token is waiting for them. */
const PAUSE_WITHOUT_KEYS_MS = 500;

export interface KeySetTimes {
  /** The age at which keys are fetched again, in ms. */
  readonly refreshMs: number;
  /** The age up to which keys are used while that fails, in ms. */
  readonly staleMs: number;
}

/**
 * A token issuer's keys (RFC 7517). They are fetched when the first token is checked, and again in the background: an
 * outage of the key server shorter than `staleMs` does not affect requests.
 */
export class KeySet {
  private readonly log = new EventLog(KeySet.name);
  private readonly agent = outgoingAgent({ mostBytes: ANSWER_LIMIT_BYTES });
  private keys: Keys | undefined;
  private fetchedAt = -Infinity;
  private askedAt = -Infinity;
  private failedAt = -Infinity;
  private fetching: Promise<Keys> | undefined;
  private isOutOfReach = false;
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;
  /** For the log: whose keys they are. */
  private readonly host: string;

  constructor(
    private readonly url: string,
    private readonly times: KeySetTimes,
  ) {
    this.host = new URL(url).host;
  }

  /** @throws Problem 503 when there are no keys younger than `staleMs` and none can be fetched */
  async current(): Promise<Keys> {
    const now = performance.now();
    if (this.keys && now - this.fetchedAt < this.times.staleMs) return this.keys;
    if (this.isOutOfReach && !this.fetching && now - this.failedAt < PAUSE_WITHOUT_KEYS_MS)
      throw outOfReach();
    return this.fetch();
  }

  /**
   * Fetches the keys for a token that fits none of the current ones: it may be signed with a new key.
   * @returns null if they were fetched just before
   * @throws Problem 503 when the key server is out of reach, so that the token cannot be judged
   */
  async renewed(): Promise<Keys | null> {
    if (this.fetching || performance.now() - this.askedAt >= PAUSE_MS) return this.fetch();
    if (this.isOutOfReach) throw outOfReach();
    return null;
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    void this.agent.destroy();
  }

  private fetch(): Promise<Keys> {
    this.fetching ??= this.replace().finally(() => {
      this.fetching = undefined;
    });
    return this.fetching;
  }

  private async replace(): Promise<Keys> {
    this.askedAt = performance.now();
    try {
      this.keys = createLocalJWKSet(await readKeySet(this.url, this.agent));
    } catch (error) {
      if (!this.isOutOfReach && !this.isClosed) {
        this.log.write('key-set-unreachable', {
          ...{ host: this.host, hasKeys: this.keys !== undefined, cause: String(error) },
        });
      }
      this.isOutOfReach = true;
      this.failedAt = performance.now();
      this.fetchIn(Math.min(PAUSE_MS, this.times.refreshMs));
      throw outOfReach(error);
    }
    if (this.isOutOfReach) this.log.write('key-set-reachable', { host: this.host });
    this.isOutOfReach = false;
    this.fetchedAt = performance.now();
    this.fetchIn(this.times.refreshMs);
    return this.keys;
  }

  private fetchIn(ms: number): void {
    clearTimeout(this.timer);
    if (this.isClosed) return;
    this.timer = setTimeout(() => void this.fetch().catch(() => undefined), ms).unref();
  }
}

const outOfReach = (cause?: unknown) =>
  unavailable('The keys that tokens are verified with are out of reach.', cause);

/**
 * An empty set counts as a failure: an issuer that withdraws a key publishes its successor, and a server that lost its
 * keys serves `[]`.
 */
async function readKeySet(url: string, dispatcher: Agent): Promise<JSONWebKeySet> {
  const { statusCode, body } = await request(url, {
    dispatcher,
    headers: { Accept: 'application/json, application/jwk-set+json', 'User-Agent': 'seonchak' },
    reset: true, // requests are minutes apart: the other side closes a kept connection just when it is used again
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (statusCode !== 200) {
    await body.dump();
    throw new Error(`the key server answered ${statusCode}`);
  }
  const set = (await body.json()) as JSONWebKeySet;
  if (Array.isArray(set.keys) && set.keys.length === 0)
    throw new Error('the key server answered with no key');
  return set;
}
