import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';
import { CampaignCounter } from './campaign-counter.js';
import { RecentCounts } from './recent-counts.js';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

const REBUILD_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

const KEPT_MS = 1_000;

/** What this process counts. The state of Redis and Postgres is read at each scrape, see the gauges. */
@Injectable()
export class Metrics {
  readonly registry = new Registry();

  /** For the figures of the whole deployment; not scraped. */
  readonly recent = new RecentCounts();

  readonly claims = new CampaignCounter({
    name: 'seonchak_claims_total',
    help: 'Claims answered, by outcome.',
    by: ['outcome'] as const,
    registry: this.registry,
  });

  readonly requestsShed = new Counter({
    name: 'seonchak_requests_shed_total',
    help: 'Claims and status reads that were answered 503 at once, because those before them had waited too long.',
    registers: [this.registry],
  });

  readonly claimSeconds = new Histogram({
    name: 'seonchak_claim_duration_seconds',
    help: 'Time from the admission of a claim to its outcome, in seconds.',
    labelNames: ['outcome'] as const,
    buckets: SECONDS,
    registers: [this.registry],
  });

  readonly claimBatchSize = new Histogram({
    name: 'seonchak_claim_batch_size',
    help: 'Claims that shared one script call and one INSERT.',
    buckets: [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2000],
    registers: [this.registry],
  });

  readonly payouts = new CampaignCounter({
    name: 'seonchak_payouts_total',
    help: 'Payouts concluded, by outcome.',
    by: ['outcome'] as const,
    registry: this.registry,
  });

  readonly payoutsLeft = new CampaignCounter({
    name: 'seonchak_payouts_left_total',
    help: 'Times a campaign was left to other workers, since this one lacks the settings of its payout provider.',
    by: [],
    registry: this.registry,
  });

  readonly providerCalls = new Counter({
    name: 'seonchak_provider_calls_total',
    help: 'Calls to the payout provider, by answer.',
    labelNames: ['call', 'answer'] as const,
    registers: [this.registry],
  });

  readonly promotions = new CampaignCounter({
    name: 'seonchak_promotions_total',
    help: 'People in the line who got a freed slot.',
    by: [],
    registry: this.registry,
  });

  readonly leasesExpired = new CampaignCounter({
    name: 'seonchak_leases_expired_total',
    help: 'Leases that the reaper found expired.',
    by: [],
    registry: this.registry,
  });

  readonly recoveries = new CampaignCounter({
    name: 'seonchak_recoveries_total',
    help: 'Actions of the reaper, by decision.',
    by: ['decision'] as const,
    registry: this.registry,
  });

  readonly ringsLost = new Counter({
    name: 'seonchak_rings_lost_total',
    help: 'Rings of the doorbell that failed; the reaper makes up for them.',
    registers: [this.registry],
  });

  readonly gateRebuildSeconds = new Histogram({
    name: 'seonchak_gate_rebuild_duration_seconds',
    help: 'Time to rebuild a gate from Postgres, in seconds, by cause: first, server-changed or fault.',
    labelNames: ['cause'] as const,
    buckets: REBUILD_SECONDS,
    registers: [this.registry],
  });

  readonly gateContradictions = new Counter({
    name: 'seonchak_gate_contradictions_total',
    help: 'Gates that contradicted Postgres although their epoch was right; each is rebuilt.',
    registers: [this.registry],
  });

  readonly payoutContradictions = new Counter({
    name: 'seonchak_payout_contradictions_total',
    help: 'Outcomes that the provider reported against a final one; they are recorded and change nothing.',
    registers: [this.registry],
  });

  readonly webhooksRefused = new Counter({
    name: 'seonchak_webhooks_refused_total',
    help: 'Webhooks of the provider that were refused, by reason: signature (or its time), or content.',
    labelNames: ['reason'] as const,
    registers: [this.registry],
  });

  readonly webhooksSent = new Counter({
    name: 'seonchak_webhooks_sent_total',
    help: 'Webhooks that were sent, by outcome: accepted, failed, gone (410), or given-up after many of those.',
    labelNames: ['outcome'] as const,
    registers: [this.registry],
  });

  private scrape: Promise<string> | undefined;

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    // 0 from the start: `increase` does not see the first increment of a counter that appears with it.
    for (const reason of ['signature', 'content']) this.webhooksRefused.inc({ reason }, 0);
    for (const outcome of ['accepted', 'failed', 'gone', 'given-up']) this.webhooksSent.inc({ outcome }, 0);
    for (const cause of ['first', 'server-changed', 'fault']) this.gateRebuildSeconds.zero({ cause });
  }

  /** Drops the counts of a finished campaign, so that a scrape does not grow with every campaign that ever existed. */
  forget(campaign: string): void {
    const { claims, payouts, payoutsLeft, promotions, leasesExpired, recoveries } = this;
    for (const counter of [claims, payouts, payoutsLeft, promotions, leasesExpired, recoveries])
      counter.forget(campaign);
  }

  /** All metrics in Prometheus' text format, collected once a second at most, however often they are read. */
  text(): Promise<string> {
    this.scrape ??= this.registry.metrics().finally(() => {
      setTimeout(() => (this.scrape = undefined), KEPT_MS).unref();
    });
    return this.scrape;
  }
}
