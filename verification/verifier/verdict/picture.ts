import type { People, Status } from '../replay/people.js';

/** What became of those who came in one stretch of the order. */
export interface Stretch {
  /** Arrival numbers of the first and the last. */
  readonly from: number;
  readonly to: number;
  /** When the last of them had come, ms since the first of all. */
  readonly afterMs: number;
  /** How many, by what became of them. */
  readonly counts: Readonly<Record<Outcome, number>>;
}

/** `paid` with the slot they came for, `promoted`: paid after waiting; `open`: holds a slot or waits. */
export const OUTCOMES = ['paid', 'promoted', 'failed', 'left', 'ended', 'open', 'restored'] as const;

export type Outcome = (typeof OUTCOMES)[number];

/** The order in which people came, in a bounded number of stretches. */
export interface Picture {
  readonly people: number;
  /** From the first to the last, ms. */
  readonly lastMs: number;
  readonly stretches: readonly Stretch[];
}

const MOST_STRETCHES = 240;

/** Draws together what the replay knows of everybody. */
export function pictureOf(people: People): Picture {
  const each = Math.max(1, Math.ceil(people.count / MOST_STRETCHES));
  const stretches: Stretch[] = [];
  let firstMs = Infinity;
  for (let person = 0; person < people.count; person++)
    firstMs = Math.min(firstMs, people.createdAtMs(person));
  for (let from = 0; from < people.count; from += each)
    stretches.push(stretch(people, from, Math.min(people.count, from + each), firstMs));
  return {
    people: people.count,
    lastMs: stretches.reduce((latest, { afterMs }) => Math.max(latest, afterMs), 0),
    stretches,
  };
}

function stretch(people: People, from: number, to: number, firstMs: number): Stretch {
  const counts: Record<Outcome, number> = {
    ...{ paid: 0, promoted: 0, failed: 0, left: 0, ended: 0, open: 0, restored: 0 },
  };
  let lastMs = firstMs;
  for (let person = from; person < to; person++) {
    counts[outcomeOf(people.statusOf(person), people.wasPromoted(person))] += 1;
    lastMs = Math.max(lastMs, people.createdAtMs(person));
  }
  return { from: people.arrivalNo(from), to: people.arrivalNo(to - 1), afterMs: lastMs - firstMs, counts };
}

function outcomeOf(status: Status, wasPromoted: boolean): Outcome {
  switch (status) {
    case 'paid':
    case 'kept':
      return wasPromoted ? 'promoted' : 'paid';
    case 'failed':
    case 'regranted':
      return 'failed';
    case 'holding':
    case 'waiting':
      return 'open';
    case 'left':
    case 'ended':
    case 'restored':
      return status;
  }
}
