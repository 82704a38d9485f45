import type { Campaign, Grant } from '../service/answers.js';

/** Who the page acts for. */
export interface Who {
  readonly signedIn: boolean;
  /** How to greet them; null where only the embedding site knows. */
  readonly name: string | null;
  /** When the sign-in ends, ms since 1970; null where that is not known. */
  readonly endsAtMs: number | null;
  /** Where to sign in; null where this page can't. */
  readonly loginUrl: string | null;
  readonly canSignOut: boolean;
}

/** Why a request is sent again. */
export type RetryCause = 'offline' | 'busy' | 'too-many';

/** Why a claim was refused, for this page; `fault` is whatever was not foreseen. */
export type Refusal = 'sold-out' | 'closed' | 'not-eligible' | 'unknown-campaign' | 'forbidden' | 'fault';

export type Step =
  /** Not known yet where the person stands. `again`: the service was asked, and did not say. */
  | { readonly kind: 'loading'; readonly again: boolean }
  /** Nothing was asked yet. Whether one can ask depends on the clock, the campaign's state and the sign-in. */
  | { readonly kind: 'idle'; readonly notice: 'too-early' | 'signed-out' | null }
  | { readonly kind: 'asking'; readonly again: boolean }
  | { readonly kind: 'retrying'; readonly cause: RetryCause; readonly inMs: number }
  | { readonly kind: 'gave-up'; readonly cause: RetryCause }
  | {
      readonly kind: 'claimed';
      readonly grant: Grant;
      /** The service's time when this was known, ms since 1970. */
      readonly asOfMs: number;
      /** Whether the last look failed: what is shown may be old. */
      readonly stale: boolean;
      readonly leaving: 'no' | 'sure?' | 'asked' | 'failed';
    }
  | {
      readonly kind: 'refused';
      readonly why: Refusal;
      /** The service's time when the person asked, ms since 1970. */
      readonly askedAtMs: number | null;
      readonly requestId: string | null;
      /** The signed note with “sold out”; null where there is none. */
      readonly receipt: string | null;
    };

/** All that the page shows follows from this. */
export interface State {
  readonly campaign: Campaign;
  readonly who: Who;
  /** Until opening, in ms; 0 once it is open. By the service's clock. */
  readonly opensInMs: number;
  readonly step: Step;
}
