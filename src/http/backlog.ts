import { Injectable } from '@nestjs/common';
import { Environment } from '../config/environment.js';

/** Of the deadline. Who comes when somebody has waited for that long already would hardly be answered in time. */
const SHARE_OF_DEADLINE = 0.5;

interface Waiting {
  readonly since: number;
}

/**
 * What this process has taken on and not done yet. Overload shows as waiting, whatever it is that is slow, so how long the
 * first of those who wait has waited says whether anybody else should be let in. Each campaign is looked at by itself: that the
 * gate of one is being rebuilt is no reason to keep people from another.
 */
@Injectable()
export class Backlog {
  /** By campaign, in the order in which they came. None is empty. */
  private readonly waiting = new Map<string, Set<Waiting>>();
  private readonly patienceMs: number;
  private total = 0;

  constructor({ REQUEST_DEADLINE_MS }: Environment) {
    this.patienceMs = SHARE_OF_DEADLINE * REQUEST_DEADLINE_MS;
  }

  /** Of all campaigns. */
  get size(): number {
    return this.total;
  }

  /** Until whoever is first has been served, it serves everybody better not to begin anything else. */
  isBehind(campaignId: string): boolean {
    for (const { since } of this.waiting.get(campaignId) ?? [])
      return performance.now() - since > this.patienceMs;
    return false;
  }

  /** Counts `work` in until it is done, well or badly. */
  async count<T>(campaignId: string, work: Promise<T>): Promise<T> {
    const mine: Waiting = { since: performance.now() };
    let waiting = this.waiting.get(campaignId);
    if (!waiting) this.waiting.set(campaignId, (waiting = new Set()));
    waiting.add(mine);
    this.total++;
    try {
      return await work;
    } finally {
      this.total--;
      waiting.delete(mine);
      if (waiting.size === 0 && this.waiting.get(campaignId) === waiting) this.waiting.delete(campaignId);
    }
  }
}
