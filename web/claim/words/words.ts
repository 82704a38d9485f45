import type { Parts } from '../clock/countdown.js';

/** What a view says: a headline and what stands under it. */
export interface Said {
  readonly title: string;
  readonly text: readonly string[];
}

/** All that the page says, in one language. Numbers, amounts and times come formatted. */
export interface Words {
  /** A BCP 47 tag: how numbers and times are written. */
  readonly language: 'ko' | 'en';

  readonly loading: string;
  readonly claim: (amount: string) => string;
  /** On the button while the answer is on its way. */
  readonly wait: string;
  readonly askAgain: string;
  readonly signIn: string;
  readonly signOut: string;
  readonly signedInAs: (name: string) => string;

  readonly opensAt: (time: string) => string;
  readonly units: Readonly<Record<keyof Parts, string>>;
  readonly secondsLeft: Readonly<Record<600 | 60 | 10, string>>;

  readonly before: Said;
  readonly signInBefore: Said;
  readonly signInNow: Said;
  readonly signInAgain: Said;
  readonly noSignIn: Said;
  readonly signInEnds: (time: string) => string;
  readonly tooEarly: string;
  readonly phoneClock: string;

  readonly open: Said;
  readonly asking: Said;
  readonly askingAgain: Said;
  readonly offline: (seconds: string) => Said;
  readonly busy: (seconds: string) => Said;
  readonly 'too-many': (seconds: string) => Said;
  readonly gaveUp: Said;

  readonly pending: (amount: string) => Said;
  readonly checked: (amount: string) => Said;
  readonly waiting: (amount: string, capacity: string) => Said;
  readonly paid: (amount: string) => Said;
  readonly cameBack: (amount: string) => Said;
  readonly failed: (reason: string | null, passedOn: boolean) => Said;
  readonly ended: Said;
  readonly left: Said;
  readonly other: Said;

  readonly soldOut: (capacity: string, line: string | null, time: string | null) => Said;
  readonly listOnly: string;
  readonly 'not-eligible': Said;
  /** @param given the capacity, when every place was given */
  readonly closed: (given: string | null) => Said;
  readonly signInToSee: string;
  readonly paused: Said;
  readonly 'unknown-campaign': Said;
  readonly forbidden: Said;
  readonly fault: Said;

  readonly leave: string;
  readonly leaveSure: string;
  readonly leaveForGood: string;
  readonly stay: string;
  readonly leaveFailed: string;
  readonly stale: (time: string) => string;

  readonly place: string;
  readonly placeOf: (slot: string, capacity: string) => string;
  readonly arrival: string;
  readonly ordinal: (n: string) => string;
  readonly linePlace: string;
  readonly askedAt: string;
  readonly paidAt: string;
  readonly reference: string;
  readonly requestId: string;
}
