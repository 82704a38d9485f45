/** A duration as a countdown shows it: no part in front that is 0, always minutes and seconds. */
export interface Parts {
  readonly days: number;
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
}

/** @param ms above 0; a second that has begun counts whole, so that 0 is shown only once it is over */
export function partsOf(ms: number): Parts {
  const total = Math.max(0, Math.ceil(ms / 1_000));
  return {
    days: Math.floor(total / 86_400),
    hours: Math.floor(total / 3_600) % 24,
    minutes: Math.floor(total / 60) % 60,
    seconds: total % 60,
  };
}

/** Seconds before the end at which the countdown is spoken: a timer that speaks each second can't be listened to. */
const SPOKEN_AT = [600, 60, 10] as const;

/** The mark that lies between two looks at the countdown, in seconds; null where there is none. */
export function markBetween(beforeMs: number, nowMs: number): (typeof SPOKEN_AT)[number] | null {
  return SPOKEN_AT.find((mark) => beforeMs > mark * 1_000 && nowMs <= mark * 1_000) ?? null;
}
