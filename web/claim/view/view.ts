import { type Parts, partsOf } from '../clock/countdown.js';
import type { State, Step, Who } from '../flow/state.js';
import type { Grant } from '../service/answers.js';
import type { Said, Words } from '../words/words.js';
import type { Formats } from './formats.js';

/** What a press does. */
export type Act = 'press' | 'leave' | 'stay' | 'sign-out';

export interface Button {
  readonly label: string;
  /** null: it is there, and does nothing yet. */
  readonly act: Act | null;
  /** Instead of an act: a link. */
  readonly href?: string;
  /** Whether something is under way. */
  readonly busy?: boolean;
}

/** What a state looks like. No colour says what words do not. */
export interface View {
  /** `busy`: the person has asked, and waits for the answer. */
  readonly tone: 'calm' | 'busy' | 'good' | 'wait' | 'bad';
  readonly title: string;
  readonly text: readonly string[];
  readonly countdown: Parts | null;
  /** One number that matters most, with its name. */
  readonly big: readonly [name: string, value: string] | null;
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly alert: string | null;
  /** The one obvious button. */
  readonly main: Button | null;
  readonly others: readonly Button[];
  readonly who: string | null;
  readonly canSignOut: boolean;
  /** Whether this is an answer to the person: focus moves to its title. */
  readonly isResult: boolean;
}

type Claimed = Extract<Step, { kind: 'claimed' }>;
type Refused = Extract<Step, { kind: 'refused' }>;

const BLANK = {
  ...{ tone: 'calm', text: [], countdown: null, big: null, facts: [], alert: null, main: null, others: [] },
  isResult: false,
} as const satisfies Partial<View>;

/** Says and shows each state of the flow, in one language. */
export class Views {
  constructor(
    private readonly words: Words,
    private readonly formats: Formats,
    /** Whether the countdown goes by the service's clock. */
    private readonly isClockSet: () => boolean,
  ) {}

  of(state: State): View {
    const { who, step } = state;
    const { words } = this;
    const name = who.signedIn && who.name !== null ? words.signedInAs(who.name) : null;
    return {
      ...BLANK,
      who: name,
      canSignOut: who.canSignOut,
      ...this.#step(state, step),
    };
  }

  #step(state: State, step: Step): Partial<View> & Said {
    const { words } = this;
    switch (step.kind) {
      case 'loading':
        return step.again ? words.askingAgain : { title: words.loading, text: [] };
      case 'idle':
        return this.#idle(state, step.notice);
      case 'asking':
        return {
          ...(step.again ? words.askingAgain : words.asking),
          tone: 'busy',
          main: { label: words.wait, act: null, busy: true },
        };
      case 'retrying':
        return {
          ...words[step.cause](this.formats.seconds(step.inMs)),
          tone: 'busy',
          main: { label: words.wait, act: null, busy: true },
        };
      case 'gave-up':
        return {
          ...words.gaveUp,
          tone: 'bad',
          isResult: true,
          main: { label: words.askAgain, act: 'press' },
        };
      case 'claimed':
        return this.#claimed(state, step);
      case 'refused':
        return this.#refused(state, step);
    }
  }

  #idle(state: State, notice: 'too-early' | 'signed-out' | null): Partial<View> & Said {
    const { words, formats } = this;
    const { campaign, who, opensInMs } = state;
    if (campaign.state === 'PAUSED') return { ...words.paused, tone: 'wait', main: this.#signInLink(who) };
    const before = opensInMs > 0;
    const shown = before
      ? { countdown: partsOf(opensInMs), alert: notice === 'too-early' ? words.tooEarly : null }
      : {};
    if (!who.signedIn) {
      if (who.loginUrl === null)
        return { ...words.noSignIn, ...(before ? { title: words.before.title } : {}), ...shown };
      const said = before ? words.signInBefore : words.signInNow;
      return {
        ...(notice === 'signed-out' ? words.signInAgain : said),
        ...shown,
        isResult: notice === 'signed-out',
        main: this.#signInLink(who),
      };
    }
    const listNote = campaign.eligibility === 'list' ? [words.listOnly] : [];
    if (!before)
      return {
        ...words.open,
        text: [...words.open.text, ...listNote],
        main: { label: this.#claimLabel(state), act: 'press' },
      };
    const opensAtMs = Date.parse(campaign.opensAt ?? '');
    const endsFirst = who.endsAtMs !== null && who.endsAtMs < opensAtMs;
    const notes = [
      ...(endsFirst ? [words.signInEnds(formats.minute(who.endsAtMs ?? 0))] : []),
      ...(this.isClockSet() ? [] : [words.phoneClock]),
    ];
    return {
      title: words.before.title,
      text: [...(notes.length > 0 ? notes : words.before.text), ...listNote],
      ...shown,
      main: { label: words.opensAt(formats.minute(opensAtMs)), act: null },
    };
  }

  #claimed({ campaign }: State, { grant, asOfMs, stale, leaving }: Claimed): Partial<View> & Said {
    const { words, formats } = this;
    const capacity = formats.number(campaign.capacity);
    const view = {
      isResult: true,
      facts: this.#facts(grant, capacity),
      alert: stale ? words.stale(formats.second(asOfMs)) : null,
    };
    if (grant.status === 'WAITING')
      return {
        ...view,
        ...words.waiting(this.#amountOf(grant), capacity),
        tone: 'wait',
        big:
          grant.waitingPosition === undefined
            ? null
            : [words.linePlace, words.ordinal(formats.number(grant.waitingPosition))],
        ...this.#leaving(leaving, view.alert),
      };
    return { ...view, ...this.#outcome(grant) };
  }

  #outcome(grant: Grant): Said & Pick<View, 'tone'> {
    const { words } = this;
    const amount = this.#amountOf(grant);
    switch (grant.status) {
      case 'PENDING':
        if (grant.payout === 'being-checked') return { ...words.checked(amount), tone: 'wait' };
        return { ...words.pending(amount), tone: 'good' };
      case 'SUCCESS':
        if (grant.failureReason === 'reversed') return { ...words.cameBack(amount), tone: 'bad' };
        return { ...words.paid(amount), tone: 'good' };
      case 'FAILED': {
        const failed = words.failed(grant.failureReason, grant.slot === 'released');
        if (grant.failureReason !== 'reversed') return { ...failed, tone: 'bad' };
        const { title, text } = words.cameBack(amount);
        return { title, text: [...text, ...failed.text.slice(1)], tone: 'bad' };
      }
      case 'ENDED':
        return { ...words.ended, tone: 'bad' };
      case 'LEFT':
        return { ...words.left, tone: 'calm' };
      default:
        return { ...words.other, tone: 'calm' };
    }
  }

  #leaving(leaving: Claimed['leaving'], alert: string | null): Pick<View, 'others' | 'alert'> {
    const { words } = this;
    if (leaving === 'no' || leaving === 'failed')
      return {
        alert: leaving === 'failed' ? words.leaveFailed : alert,
        others: [{ label: words.leave, act: 'leave' }],
      };
    return {
      alert: words.leaveSure,
      others: [
        { label: words.stay, act: 'stay' },
        { label: words.leaveForGood, act: leaving === 'asked' ? null : 'leave', busy: leaving === 'asked' },
      ],
    };
  }

  #facts(grant: Grant, capacity: string): View['facts'] {
    const { words, formats } = this;
    const { grantSeq, slot, arrivalNo, createdAt, paidAt, payoutReference } = grant;
    const facts: [string, string][] = [];
    if (grantSeq !== null && slot !== 'released')
      facts.push([words.place, words.placeOf(formats.number(grantSeq), capacity)]);
    facts.push(
      [words.arrival, words.ordinal(formats.number(arrivalNo))],
      [words.askedAt, formats.exact(createdAt)],
    );
    if (paidAt !== null) facts.push([words.paidAt, formats.exact(paidAt)]);
    if (payoutReference !== null) facts.push([words.reference, payoutReference]);
    return facts;
  }

  #refused({ campaign, who }: State, { why, askedAtMs, requestId }: Refused): Partial<View> & Said {
    const { words, formats } = this;
    const view = { tone: 'bad', isResult: askedAtMs !== null } as const;
    switch (why) {
      case 'sold-out': {
        const line = campaign.waitingCapacity > 0 ? formats.number(campaign.waitingCapacity) : null;
        const time = askedAtMs === null ? null : formats.exact(askedAtMs);
        return {
          ...view,
          ...words.soldOut(formats.number(campaign.capacity), line, time),
          others: [{ label: words.askAgain, act: 'press' }],
        };
      }
      case 'closed': {
        // Open by its state, and over: it ended because everything was given.
        const closed = words.closed(campaign.state === 'CLOSED' ? null : formats.number(campaign.capacity));
        const main = this.#signInLink(who);
        // Somebody who has a claim may not be signed in on this device.
        return { ...view, ...closed, text: [...closed.text, ...(main ? [words.signInToSee] : [])], main };
      }
      case 'fault':
        return {
          ...view,
          ...words.fault,
          facts: requestId === null ? [] : [[words.requestId, requestId]],
          main: { label: words.askAgain, act: 'press' },
        };
      default:
        return { ...view, ...words[why] };
    }
  }

  #signInLink({ signedIn, loginUrl }: Who): Button | null {
    if (signedIn || loginUrl === null) return null;
    return { label: this.words.signIn, act: null, href: loginUrl };
  }

  #claimLabel({ campaign }: State): string {
    return this.words.claim(this.#amountOf(campaign));
  }

  #amountOf({ amount, currency }: { amount: number; currency: string }): string {
    return this.formats.money(amount, currency);
  }
}
