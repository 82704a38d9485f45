import { createLocalJWKSet, type JSONWebKeySet } from 'jose';
import { Agent, request } from 'undici';
import { EventLog } from '../logging/event-log.js';
import { unavailable } from '../problems/problem.js';

/** What jose looks for a token's key in. */
export type Keys = ReturnType<typeof createLocalJWKSet>;

/** From asking for the keys to the last byte of the answer. */
const TIMEOUT_MS = 1_000;
const ANSWER_LIMIT_BYTES = 1_048_576;

/** Between two times that the keys are asked for, whatever the reason: forged tokens must not drive their server. */
const PAUSE_MS = 5_000;

export interface KeySetTimes {
  /** How old keys become before they are fetched again, in ms. */
  readonly refreshMs: number;
  /** How old they may become at most, in ms, while that fails. */
  readonly staleMs: number;
}

/**
 * The keys (RFC 7517) of who issues tokens. Fetched when a token is first checked, and again beside the requests: an outage of
 * their server shorter than `staleMs` is nobody's outage here.
 */
export class KeySet {
  private readonly log = new EventLog(KeySet.name);
  private readonly agent = new Agent({ maxResponseSize: ANSWER_LIMIT_BYTES });
  private keys: Keys | undefined;
  private fetchedAt = -Infinity;
  private askedAt = -Infinity;
  private fetching: Promise<Keys> | undefined;
  private isOutOfReach = false;
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(
    private readonly url: string,
    private readonly times: KeySetTimes,
  ) {}

  /** @throws Problem 503 when there are none that are not too old */
  async current(): Promise<Keys> {
    const isGood = performance.now() - this.fetchedAt < this.times.staleMs;
    return this.keys && isGood ? this.keys : this.fetch();
  }

  /**
   * For a token that fits none of the current keys: it may be signed with a new one.
   * @returns null where they were asked for just before
   * @throws Problem 503 when nobody can say
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
        this.log.write('key-set-unreachable', { hasKeys: this.keys !== undefined, cause: String(error) });
      }
      this.isOutOfReach = true;
      this.fetchIn(Math.min(PAUSE_MS, this.times.refreshMs));
      throw outOfReach(error);
    }
    if (this.isOutOfReach) this.log.write('key-set-reachable');
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

const outOfReach = (cause?: unknown) => unavailable('The keys to check tokens with are out of reach.', cause);

/** An empty set counts as none: who withdraws a key publishes its successor, and a server that forgot its keys serves `[]`. */
async function readKeySet(url: string, dispatcher: Agent): Promise<JSONWebKeySet> {
  const { statusCode, body } = await request(url, {
    dispatcher,
    headers: { Accept: 'application/json, application/jwk-set+json', 'User-Agent': 'seonchak' },
    reset: true, // one request in minutes: a connection that is kept is closed by the other side just when it is used
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (statusCode !== 200) {
    await body.dump();
    throw new Error(`it answered ${statusCode}`);
  }
  const set = (await body.json()) as JSONWebKeySet;
  if (Array.isArray(set.keys) && set.keys.length === 0) throw new Error('it answered with no key');
  return set;
}
