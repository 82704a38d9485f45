import type { ServerClock } from '../clock/server-clock.js';
import type { Campaign, Grant } from '../service/answers.js';
import type { Answer } from '../service/exchange.js';
import type { Service } from '../service/service.js';
import type { Identity } from './identity.js';
import { retryDelay } from './retry-delay.js';
import type { Refusal, RetryCause, State, Step, Who } from './state.js';

/** How long one press goes on by itself. */
const PATIENCE_MS = 120_000;
/** A paused campaign is looked at again after so long, drawn: a crowd must not return in one wave. */
const PAUSED_MS = { from: 15_000, to: 45_000 } as const;
/**
 * While it counts down, the campaign is read and the clock set again after so long, drawn: an operator may open it
 * earlier. No page begins to read in the last seconds; the last time also opens the connection that the claim will use.
 */
const REREAD_MS = { from: 60_000, to: 120_000 } as const;
/** A look after the phone slept, or the connection came back. */
const FIRST_LOOK_MS = 1_000;

const NOBODY: Who = { signedIn: false, name: null, endsAtMs: null, loginUrl: null, canSignOut: false };
const LOADING: Step = { kind: 'loading', again: false };
const NOT_ASKED = { askedAtMs: null, requestId: null, receipt: null };

type Refused = Extract<Step, { kind: 'refused' }>;

const drawn = ({ from, to }: { from: number; to: number }): number => from + Math.random() * (to - from);

/**
 * What happens between a person and one campaign: waiting for the opening, one request a press, and following the claim
 * to its end. It knows no words and no DOM; each change is handed to `onChange`.
 */
export class ClaimFlow {
  #who = NOBODY;
  #step: Step = LOADING;
  #etag: string | null = null;
  /** One thing is waited for at a time: opening, a repeated request, the next look, a pause. */
  #timer: ReturnType<typeof setTimeout> | undefined;
  #endPauseEarly: (() => void) | undefined;
  /** When the campaign is to be read again, ms since 1970. */
  #rereadAtMs: number | null = null;
  /** Raised when somebody else is signed in: an answer to the one before is not shown. */
  #generation = 0;

  constructor(
    private campaign: Campaign,
    private readonly service: Service,
    private readonly clock: ServerClock,
    private readonly identity: Identity,
    private readonly onChange: (state: State) => void,
  ) {}

  /**
   * Finds out where this person stands, from the beginning.
   * @param failures in a row, after which nobody could say who it is
   */
  async start(failures = 0): Promise<void> {
    const generation = ++this.#generation;
    this.#go({ kind: 'loading', again: failures > 0 });
    this.#etag = null;
    const [who, found] = await Promise.all([
      this.identity.who(),
      this.service.campaign(),
      this.clock.isSet ? undefined : this.clock.set(),
    ]);
    if (generation !== this.#generation) return;
    if (found) this.campaign = found;
    if (found === undefined) this.#refuse('unknown-campaign');
    else if (typeof who === 'number')
      this.#whenSeen(retryDelay(failures + 1, who), () => this.start(failures + 1));
    else {
      this.#who = who;
      if (who.signedIn) await this.#look();
      else this.#rest(null);
    }
  }

  /** The person pressed the button. Anything but the first press does nothing. */
  async press(): Promise<void> {
    if (!this.#canAsk()) return;
    const generation = this.#generation;
    const askedAtMs = this.clock.now();
    const until = performance.now() + PATIENCE_MS;
    let renewed = false;
    for (let failures = 0; ;) {
      this.#go({ kind: 'asking', again: failures > 0 });
      const answer = await this.service.claim();
      if (generation !== this.#generation) return;
      if (answer?.status === 401 && !renewed && (await this.identity.renew())) {
        renewed = true;
        continue;
      }
      const cause = retryCause(answer);
      if (answer && cause === null) {
        this.#conclude(answer, askedAtMs);
        return;
      }
      const waitMs = retryDelay(++failures, answer?.retryAfterMs ?? null);
      if (performance.now() + waitMs > until) {
        this.#go({ kind: 'gave-up', cause: cause ?? 'busy' });
        return;
      }
      await this.#pause(cause ?? 'busy', waitMs);
      if (generation !== this.#generation) return;
    }
  }

  /** The person wants to leave the line: asked twice, since it can't be taken back. */
  async leave(): Promise<void> {
    const [step, generation] = [this.#step, this.#generation];
    if (step.kind !== 'claimed' || step.grant.status !== 'WAITING' || step.leaving === 'asked') return;
    if (step.leaving !== 'sure?') {
      this.#go({ ...step, leaving: 'sure?' });
      return;
    }
    this.#go({ ...step, leaving: 'asked' });
    const answer = await this.service.leave();
    if (generation !== this.#generation) return;
    if (answer?.status === 200) this.#show(answer);
    else if (answer?.status === 409)
      await this.#look(); // promoted meanwhile
    else this.#go({ ...step, leaving: 'failed' });
  }

  stay(): void {
    if (this.#step.kind === 'claimed') this.#go({ ...this.#step, leaving: 'no' });
  }

  async signOut(): Promise<void> {
    await this.identity.signOut();
    await this.start();
  }

  /** The page can be seen again, or the connection is back, after a time in which nothing was done. */
  async wake(): Promise<void> {
    const step = this.#step;
    if (step.kind === 'claimed' && !step.grant.final) this.#lookAfter(Math.random() * FIRST_LOOK_MS);
    if (step.kind === 'loading') await this.start();
    if (step.kind === 'idle') await this.#readAgain();
  }

  /** The connection is back: what waits for it goes on at once. */
  online(): void {
    this.#endPauseEarly?.();
    void this.wake();
  }

  /** For good: nothing is asked or shown any more. */
  stop(): void {
    this.#generation++;
    clearTimeout(this.#timer);
  }

  get #opensInMs(): number {
    const { opensAt } = this.campaign;
    return opensAt === null ? 0 : Math.max(0, Date.parse(opensAt) - this.clock.now());
  }

  #canAsk(): boolean {
    const step = this.#step;
    return (
      (step.kind === 'idle' ||
        step.kind === 'gave-up' ||
        (step.kind === 'refused' && (step.why === 'fault' || step.why === 'sold-out'))) &&
      this.#who.signedIn &&
      this.#opensInMs === 0 &&
      this.campaign.state !== 'PAUSED' &&
      !isOver(this.campaign)
    );
  }

  #go(step: Step): void {
    this.#step = step;
    this.onChange({ campaign: this.campaign, who: this.#who, opensInMs: this.#opensInMs, step });
  }

  #later(ms: number, then: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(then, ms);
  }

  /** Nothing asked yet: waits for the opening, or for the end of a pause. */
  #rest(notice: 'too-early' | 'signed-out' | null): void {
    clearTimeout(this.#timer);
    if (isOver(this.campaign)) this.#refuse('closed');
    else {
      this.#go({ kind: 'idle', notice });
      if (this.campaign.state === 'PAUSED') this.#later(drawn(PAUSED_MS), () => void this.#readAgain());
      else this.#tick();
    }
  }

  /**
   * An operator may have changed the campaign meanwhile: its times, its state. From shortly before the opening on, the
   * clock is set, too.
   */
  async #readAgain(): Promise<void> {
    const generation = this.#generation;
    const [found] = await Promise.all([
      this.service.campaign(),
      this.#opensInMs < REREAD_MS.to && this.clock.set(2),
    ]);
    if (generation !== this.#generation || this.#step.kind !== 'idle') return;
    if (found) this.campaign = found;
    if (found === undefined) this.#refuse('unknown-campaign');
    else this.#rest(this.#step.notice);
  }

  /** Once a second while the countdown runs, at the edge of the second. */
  #tick(): void {
    if (this.#step.kind !== 'idle') return;
    const left = this.#opensInMs;
    this.#go(
      left === 0
        ? { kind: 'idle', notice: this.#step.notice === 'too-early' ? null : this.#step.notice }
        : this.#step,
    );
    if (left === 0) return;
    this.#rereadAtMs ??= this.clock.now() + drawn(REREAD_MS);
    if (this.clock.now() > this.#rereadAtMs && left > 5_000) {
      this.#rereadAtMs = null;
      void this.#readAgain();
    }
    this.#later(left % 1_000 || 1_000, () => this.#tick());
  }

  async #pause(cause: RetryCause, ms: number): Promise<void> {
    const until = performance.now() + ms;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        this.#endPauseEarly = undefined;
        resolve();
      };
      const wait = (): void => {
        const inMs = until - performance.now();
        if (inMs <= 0) {
          end();
          return;
        }
        this.#go({ kind: 'retrying', cause, inMs });
        this.#later(Math.min(inMs, inMs % 1_000 || 1_000), wait);
      };
      if (cause === 'offline')
        this.#endPauseEarly = () => {
          clearTimeout(this.#timer);
          end();
        };
      wait();
    });
  }

  #conclude(answer: Answer, askedAtMs: number): void {
    const { status, body, requestId } = answer;
    if (status === 200 || status === 202) this.#show(answer);
    else if (status === 401) this.#signedOut();
    else if (body.code === 'not-open' && typeof body.opensAt === 'string') {
      this.campaign = { ...this.campaign, opensAt: body.opensAt };
      void this.clock.set().then(() => this.#rest('too-early'));
    } else if (body.code === 'paused') {
      this.campaign = { ...this.campaign, state: 'PAUSED' };
      this.#rest(null);
    } else {
      if (status === 410) this.campaign = { ...this.campaign, state: 'CLOSED' };
      const receipt = typeof body.receipt === 'string' ? body.receipt : null;
      this.#refuse(refusalOf(answer), { askedAtMs, requestId, receipt });
    }
  }

  /** @param answered what came with the refusal; nothing when the person has not asked */
  #refuse(why: Refusal, answered: Omit<Refused, 'kind' | 'why'> = NOT_ASKED): void {
    clearTimeout(this.#timer);
    this.#go({ kind: 'refused', why, ...answered });
  }

  #signedOut(): void {
    this.#who = { ...this.#who, signedIn: false };
    this.#rest('signed-out');
  }

  /** @param answer with a claim */
  #show({ body, etag, retryAfterMs }: Answer): void {
    const grant = body as unknown as Grant;
    this.#etag = etag;
    this.#go({
      kind: 'claimed',
      grant,
      asOfMs: this.clock.now(),
      stale: false,
      leaving: this.#leavingOf(grant),
    });
    clearTimeout(this.#timer);
    if (!grant.final) this.#lookAfter(retryAfterMs ?? 10_000);
  }

  /** The question whether to leave stays while the person is still in the line. */
  #leavingOf({ status }: Grant): 'no' | 'sure?' {
    const step = this.#step;
    return step.kind === 'claimed' && status === 'WAITING' && step.leaving === 'sure?' ? 'sure?' : 'no';
  }

  #lookAfter(ms: number): void {
    this.#whenSeen(ms, () => this.#look());
  }

  #whenSeen(ms: number, then: () => Promise<void>): void {
    this.#later(ms, () => {
      // Nobody sees it: `wake` looks again once somebody does.
      if (!document.hidden) void then();
    });
  }

  /** Reads the claim. @param failures looks that have failed in a row */
  async #look(failures = 0): Promise<void> {
    const generation = this.#generation;
    const answer = await this.service.status(this.#etag);
    if (generation !== this.#generation) return;
    const step = this.#step;
    if (answer?.status === 200) this.#show(answer);
    else if (answer?.status === 304 && step.kind === 'claimed') {
      this.#go({ ...step, asOfMs: this.clock.now(), stale: false });
      this.#lookAfter(answer.retryAfterMs ?? 10_000);
    } else if (answer?.status === 401) {
      if (await this.identity.renew()) await this.#look(failures);
      else this.#signedOut();
    } else if (answer?.status === 404) this.#rest(null);
    else {
      this.#go(step.kind === 'claimed' ? { ...step, stale: true } : { kind: 'loading', again: true });
      const waitMs = Math.max(FIRST_LOOK_MS, retryDelay(failures + 3, answer?.retryAfterMs ?? null));
      this.#whenSeen(waitMs, () => this.#look(failures + 1));
    }
  }
}

/** Whether nobody can get in any more. */
function isOver({ state, endedAt }: Campaign): boolean {
  return state === 'CLOSED' || endedAt !== null;
}

/** Null for an answer that another request would not change. */
function retryCause(answer: Answer | null): RetryCause | null {
  if (answer === null) return navigator.onLine ? 'busy' : 'offline';
  if (answer.status === 429) return 'too-many';
  return [502, 503, 504].includes(answer.status) ? 'busy' : null;
}

function refusalOf({ status, body }: Answer): Refusal {
  if (status === 410 || body.final === true) return 'closed';
  if (body.code === 'sold-out' || body.code === 'not-eligible') return body.code;
  if (status === 404) return 'unknown-campaign';
  return status === 403 ? 'forbidden' : 'fault';
}
