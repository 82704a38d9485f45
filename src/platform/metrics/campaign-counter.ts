import { LRUCache } from 'lru-cache';
import { Counter, type Registry } from 'prom-client';

/** Campaigns that one counter has numbers of at most. */
export const CAMPAIGNS_COUNTED = 1_000;

interface CounterSettings<Label extends string> {
  readonly name: string;
  readonly help: string;
  /** Besides `campaign`; of few values. */
  readonly by: readonly Label[];
  readonly registry: Registry;
}

type Labels<Label extends string> = Record<Label | 'campaign', string>;

/**
 * A counter with the label `campaign`. Campaigns come and go for as long as a process runs, so only those that something was
 * counted of last have numbers: CAMPAIGNS_COUNTED of them. One that comes again after that begins at 0, which Prometheus takes for
 * a restart.
 */
export class CampaignCounter<Label extends string = never> {
  private readonly counter: Counter<Label | 'campaign'>;
  /** The combinations of labels of each campaign, by what they say. */
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

  /** The campaign is over: it has no numbers any more. */
  forget(campaign: string): void {
    this.counted.delete(campaign);
  }
}
