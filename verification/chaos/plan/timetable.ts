import { type Footprint, footprintOf, type Span, type Thing } from './footprint.js';
import type { PlannedFault } from './planned-fault.js';

/** A fault without a time. */
export type Draft = Omit<PlannedFault, 'atMs'>;

/** When a fault may begin, and the preferred time, in ms from the start of the run. */
export interface Wish {
  readonly earliestMs: number;
  readonly latestMs: number;
  readonly wishedMs: number;
}

const stepMs = 100;

/** The schedule of a run's faults. No fault begins while another has taken away what it needs to have an effect. */
export class Timetable {
  readonly faults: PlannedFault[] = [];
  private readonly needs = new Spans();
  private readonly holds = new Spans();
  private readonly takes = new Spans();

  /**
   * Schedules a fault at the preferred time or at the next time that fits, trying later times first.
   * @returns whether a time was found
   */
  place(draft: Draft, { earliestMs, latestMs, wishedMs }: Wish): boolean {
    const atZero = footprintOf({ ...draft, atMs: 0 });
    const put = (atMs: number): boolean => {
      if (!this.fits(atZero, atMs)) return false;
      const fault = { ...draft, atMs };
      const { needs, holds, takes } = footprintOf(fault);
      this.faults.push(fault);
      this.needs.add(needs);
      this.holds.add(holds);
      this.takes.add(takes);
      return true;
    };
    for (let atMs = wishedMs; atMs <= latestMs; atMs += stepMs) if (put(atMs)) return true;
    for (let atMs = wishedMs - stepMs; atMs >= earliestMs; atMs -= stepMs) if (put(atMs)) return true;
    return false;
  }

  private fits({ needs, holds, takes }: Footprint, atMs: number): boolean {
    return (
      !this.holds.meet(holds, atMs) &&
      !this.holds.meet(needs, atMs) &&
      !this.takes.meet(needs, atMs) &&
      !this.needs.meet(holds, atMs) &&
      !this.needs.meet(takes, atMs)
    );
  }
}

class Spans {
  private readonly ofThing = new Map<Thing, Span[]>();

  add(spans: readonly Span[]): void {
    for (const span of spans) this.ofThing.set(span.thing, [...(this.ofThing.get(span.thing) ?? []), span]);
  }

  /**
   * Whether one of these overlaps with one of ours on the same thing.
   * @param atMs the begin of theirs
   */
  meet(spans: readonly Span[], atMs: number): boolean {
    return spans.some(({ thing, fromMs, untilMs }) =>
      this.ofThing.get(thing)?.some((own) => own.fromMs < atMs + untilMs && atMs + fromMs < own.untilMs),
    );
  }
}
