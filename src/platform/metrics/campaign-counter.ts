import { LRUCache } from 'lru-cache';
import { Counter, type Registry } from 'prom-client';

/** Campaigns per counter at most. */
export const CAMPAIGNS_COUNTED = 1_000;

interface CounterSettings<Label extends string> {
  readonly name: string;
  readonly help: string;
  /** Further labels, each with few values. */
  readonly by: readonly Label[];
  readonly registry: Registry;
}

type Labels<Label extends string> = Record<Label | 'campaign', string>;

interface Count<Label extends string> {
  readonly labels: Labels<Label>;
  /** What has been counted since the last scrape. */
  untold: number;
}

/**
 * A counter with the label `campaign` that keeps the CAMPAIGNS_COUNTED campaigns it was incremented for last, because
 * campaigns come and go while the process runs. A campaign that was dropped and is counted again starts at 0, which
 * Prometheus handles as a counter reset.
 */
export class CampaignCounter<Label extends string = never> {
  private readonly counter: Counter<Label | 'campaign'>;
  /** The counts of each campaign, by the values of the further labels. */
  private readonly counted = new LRUCache<string, Map<string, Count<Label>>>({
    max: CAMPAIGNS_COUNTED,
    dispose: (all) => {
      for (const { labels } of all.values()) this.counter.remove(labels);
    },
  });

  private readonly by: readonly Label[];

  constructor({ name, help, by, registry }: CounterSettings<Label>) {
    this.by = by;
    const labelNames = ['campaign', ...by] as const;
    this.counter = new Counter({ name, help, labelNames, registers: [registry], collect: () => this.tell() });
  }

  inc(labels: Labels<Label>, count = 1): void {
    const { campaign } = labels;
    let all = this.counted.get(campaign);
    if (!all) this.counted.set(campaign, (all = new Map()));
    const values = this.by.map((label) => labels[label]).join(' ');
    const known = all.get(values);
    if (known) known.untold += count;
    else all.set(values, { labels, untold: count });
  }

  /** Drops the counts of a campaign. */
  forget(campaign: string): void {
    this.counted.delete(campaign);
  }

  /** At a scrape, and not at each count: the counter looks a label set up by a text that it composes of it. */
  private tell(): void {
    for (const all of this.counted.values())
      for (const count of all.values()) {
        this.counter.inc(count.labels, count.untold);
        count.untold = 0;
      }
  }
}
