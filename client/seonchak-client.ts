import type { Input, Method, Operation, Output, PathWith } from './api-types.js';
import type { components } from './openapi.js';
import { type Answer, answered, pause } from './persistence.js';
import { ProblemError, retryAfterMs } from './problem-error.js';

export { ProblemError } from './problem-error.js';
export type { components, operations, paths } from './openapi.js';

type Schemas = components['schemas'];

/** A claim as the service shows it to its user. */
export type Claim = Schemas['GrantView'];
/** A campaign as anybody may see it. */
export type Campaign = Schemas['CampaignView'];
/** A proof that the public log holds a claim. */
export type ClaimProof = Schemas['GrantProofView'];

export interface ClientOptions {
  /** Where the service is, such as https://give.example. */
  readonly baseUrl: string | URL;
  /**
   * The bearer token of whoever calls. It is asked for before each call, and once more after a 401, with true: the last
   * one was refused. What it throws ends the call. Without it a page of the service's own origin calls by its cookie.
   */
  readonly token?: (refused: boolean) => string | Promise<string>;
  /** How long a call may take with all its repetitions, in ms. Default: 30,000. */
  readonly deadlineMs?: number;
  /** How long one attempt may take, in ms. Default: 10,000. */
  readonly attemptMs?: number;
  /** Instead of the global `fetch`. */
  readonly fetch?: typeof fetch;
}

/** What any call takes. */
export interface CallOptions {
  /** Ends the call; it then throws the signal's reason. */
  readonly signal?: AbortSignal;
  /** Instead of the client's. */
  readonly deadlineMs?: number;
}

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly isRepeatable: boolean;
}

const DEADLINE_MS = 30_000;
const ATTEMPT_MS = 10_000;

/** How long to wait for the next look at a claim that is not final when the service does not say, in ms. */
const LOOK_MS = 5_000;

/** The shortest wait, whatever it says: a date, read by a clock that is ahead, is over at once. In ms. */
const SHORTEST_LOOK_MS = 1_000;

/**
 * A Seonchak service, as its users and operators call it. What can be repeated safely is repeated until the deadline:
 * when there is no answer, when the service asks to come back (Retry-After), and when it or a proxy is away for a
 * moment. Whatever else is not a success is thrown as a `ProblemError`.
 */
export class SeonchakClient {
  private readonly base: string;
  private readonly options: ClientOptions;

  constructor(options: ClientOptions) {
    this.base = String(options.baseUrl).replace(/\/+$/, '');
    this.options = options;
  }

  /**
   * Asks for a slot. Asking again is always safe: a user has one claim in a campaign, and each answer is the claim as
   * it stands now. Before the opening, and while the campaign is paused, it waits as long as the deadline allows.
   * @param receipt whether to ask for a signed receipt, `claim.receipt`
   * @throws ProblemError such as `sold-out`, `closed`, `not-open`, `not-eligible`, `unknown-campaign`
   */
  async claim(
    campaignId: string,
    options: CallOptions & { readonly receipt?: boolean } = {},
  ): Promise<Claim> {
    const headers: Record<string, string> = options.receipt === true ? { Prefer: 'receipt' } : {};
    return json(await this.success({ ...claimOf(campaignId), method: 'POST', headers }, options));
  }

  /** The claim as it stands. @throws ProblemError such as `no-claim` */
  async status(campaignId: string, options: CallOptions = {}): Promise<Claim> {
    return json(await this.success({ ...ownOf(campaignId), method: 'GET' }, options));
  }

  /** Leaves the line for good. @throws ProblemError such as `illegal-transition`: the user has a grant */
  async leave(campaignId: string, options: CallOptions = {}): Promise<Claim> {
    return json(await this.success({ ...ownOf(campaignId), method: 'DELETE' }, options));
  }

  /**
   * Follows a claim until it is final: yields it as it stands, and again whenever it has changed. Looks as often as the
   * service asks for, and goes on when it is away; only the signal ends it earlier.
   * @throws ProblemError such as `no-claim`; the signal's reason
   */
  async *follow(campaignId: string, options: CallOptions = {}): AsyncGenerator<Claim, void, undefined> {
    for (let tag: string | null = null; ;) {
      const headers: Record<string, string> = tag === null ? {} : { 'If-None-Match': tag };
      const answer = await this.sent({ ...ownOf(campaignId), method: 'GET', headers }, options).catch(() => {
        options.signal?.throwIfAborted();
        return null; // out of reach: the claim is durable, so there is nothing to do but to look again
      });
      const isAway = answer === null || answer.status === 429 || answer.status >= 500;
      if (!isAway && answer.status !== 304) {
        const claim = json<Claim>(successful(answer));
        yield claim;
        if (claim.final) return;
        tag = answer.headers.get('etag');
      }
      const waitMs = (answer && retryAfterMs(answer.headers)) ?? LOOK_MS;
      await pause(Math.max(SHORTEST_LOOK_MS, waitMs), options.signal);
    }
  }

  /** That the public log holds the claim. @throws ProblemError `not-logged`, `no-claim` */
  async proof(campaignId: string, options: CallOptions = {}): Promise<ClaimProof> {
    const own = ownOf(campaignId);
    return json(await this.success({ ...own, path: `${own.path}/proof`, method: 'GET' }, options));
  }

  /** A campaign as anybody may see it. @throws ProblemError `unknown-campaign` */
  async campaign(campaignId: string, options: CallOptions = {}): Promise<Campaign> {
    const path = `/v1/campaigns/${encodeURIComponent(campaignId)}`;
    return json(await this.success({ method: 'GET', path, isRepeatable: true }, options));
  }

  /**
   * Any call of the API, typed by its OpenAPI document: `call('get', '/v1/campaigns/{id}/stats', { path: { id } })`.
   * A GET is repeated as above. A call that changes something is repeated only after a 429, unless `repeatable` says
   * that doing it twice is the same as doing it once.
   * @throws ProblemError
   */
  async call<M extends Method, P extends PathWith<M>>(
    method: M,
    path: P,
    input: Input<Operation<M, P>> & CallOptions & { readonly repeatable?: boolean },
  ): Promise<Output<Operation<M, P>>> {
    const given = input as object as Given;
    const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
      encodeURIComponent(given.path?.[name] ?? ''),
    );
    const query = queryOf(given.query ?? {});
    const sent = { method: method.toUpperCase(), path: `${filled}${query}`, body: given.body };
    const isRepeatable = input.repeatable ?? method === 'get';
    return json(await this.success({ ...sent, isRepeatable }, input));
  }

  private async success(sent: Sent, options: CallOptions): Promise<Answer> {
    return successful(await this.sent(sent, options));
  }

  private async sent(sent: Sent, { signal, ...call }: CallOptions): Promise<Answer> {
    const { token, attemptMs = ATTEMPT_MS } = this.options;
    const until = performance.now() + (call.deadlineMs ?? this.options.deadlineMs ?? DEADLINE_MS);
    const attempts = (bearer: string | undefined): Promise<Answer> =>
      answered((limit) => this.attempt(sent, bearer, limit), {
        ...{ deadlineMs: until - performance.now(), attemptMs, signal },
        isRepeatable: sent.isRepeatable,
      });
    const answer = await attempts(await token?.(false));
    return answer.status === 401 && token ? attempts(await token(true)) : answer;
  }

  private async attempt(sent: Sent, bearer: string | undefined, signal: AbortSignal): Promise<Answer> {
    const { method, path, headers, body } = sent;
    const send = this.options.fetch ?? fetch;
    const response = await send(`${this.base}${path}`, {
      method,
      headers: {
        Accept: 'application/json, application/problem+json',
        ...headers,
        ...(bearer === undefined ? {} : { Authorization: `Bearer ${bearer}` }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      cache: 'no-store',
      credentials: bearer === undefined ? 'same-origin' : 'omit',
      redirect: 'error', // a token is for this service alone
      signal,
    });
    return { status: response.status, headers: response.headers, body: await response.text() };
  }
}

type QueryValue = string | number | boolean | undefined | readonly (string | number | boolean)[];

interface Given {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: object;
  readonly body?: unknown;
}

function claimOf(campaignId: string): Omit<Sent, 'method'> {
  return { path: `/v1/campaigns/${encodeURIComponent(campaignId)}/grants`, isRepeatable: true };
}

function ownOf(campaignId: string): Omit<Sent, 'method'> {
  return { path: `/v1/campaigns/${encodeURIComponent(campaignId)}/grants/me`, isRepeatable: true };
}

/** Empty, or with its question mark. A list is one parameter several times. */
function queryOf(query: object): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query) as [string, QueryValue][])
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined) parameters.append(name, String(one));
  return parameters.size === 0 ? '' : `?${parameters}`;
}

/** @throws ProblemError for whatever is no success */
function successful(answer: Answer): Answer {
  if (answer.status >= 200 && answer.status < 300) return answer;
  throw ProblemError.of(answer, answer.body);
}

/** The type is what openapi.json promises of the call. */
function json<T>({ body }: Answer): T {
  return (body === '' ? undefined : JSON.parse(body)) as T;
}
