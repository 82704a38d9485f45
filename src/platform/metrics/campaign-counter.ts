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

/**
 * A counter with the label `campaign` that keeps the CAMPAIGNS_COUNTED campaigns it was incremented for last, because
 * campaigns come and go while the process runs. A campaign that was dropped and is counted again starts at 0, which
 * Prometheus handles as a counter reset.
 */
export class CampaignCounter<Label extends string = never> {
  private readonly counter: Counter<Label | 'campaign'>;
  /** The label sets of each campaign, by their values. */
  private readonly counted = new LRUCache<string, Map<string, Labels<Label>>>({
    max: CAMPAIGNS_COUNTED,
    dispose: (all) => {
      for (const labels of all.values()) this.counter.remove(labels);
    },
  });

  constructor({ name, help, by, registry }: CounterSettings<Label>) {
    this.counter = new Counter({ name, help, labelNames: ['campaign', ...by], registers: [registry] });
  }

  inc(labels: Labels<Label>, count = 1): void {
    const { campaign } = labels;
    let all = this.counted.get(campaign);
    if (!all) this.counted.set(campaign, (all = new Map()));
    all.set(Object.values(labels).join(' '), labels);
    this.counter.inc(labels, count);
  }

  /** Drops the counts of a campaign. */
  forget(campaign: string): void {
    this.counted.delete(campaign);
  }
}
