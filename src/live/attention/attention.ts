import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { ProviderPauses } from '../../payouts/by-provider/provider-pauses.js';
import { DecisionRecords } from '../../payouts/operators/decision-records.js';
import { PayoutSwitch } from '../../payouts/operators/payout-switch.js';
import { unresolvedReports } from '../../payouts/reconciliation/kept-report.js';
import { readUnsettled } from '../../payouts/unsettled.js';
import { Environment } from '../../platform/config/environment.js';
import { MicroCache } from '../../platform/http/micro-cache.js';
import { EventLog } from '../../platform/logging/event-log.js';
import { READS } from '../../platform/postgres/reads.js';
import { rows } from '../../platform/postgres/rows.js';
import { unavailable } from '../../platform/problems/problem.js';
import { LogStandings } from '../../transparency/standing/log-standing.js';
import { type Backlog, readBacklogs } from '../../webhooks-out/backlog.js';
import { LiveFigures } from '../figures/live-figures.js';
import { ATTENTION_CODES, type AttentionCode, attentionItem, type AttentionItem } from './attention-code.js';
import { AttentionPart } from './attention-part.js';

/** Campaigns looked at: of those that are not finished, the ones that were changed last. */
const MOST_CAMPAIGNS = 1_000;

/** After so many leases unpaid, a person is shown; and a campaign that no reaper has looked at. */
const UNPAID_LEASES = 20;
const UNSEEN_LEASES = 2;

/** A receiver that restarts is back long before. */
const LATE_SECONDS = 1_800;

const KEPT_MS = 1_000;

/** The share of the time for an answer that reading may take. */
const SHARE_FOR_READING = 0.5;

/**
 * Gathers whatever waits for a human. Read once a second at most, however many look; every statement is bounded. What
 * can't be read hides nothing else: on a bad day, this is where operators look.
 */
@Injectable()
export class Attention {
  private readonly log = new EventLog(Attention.name);
  private readonly parts = [
    () => this.waiting(),
    () => this.books(),
    () => this.decisions(),
    () => this.stops(),
    () => this.provider(),
    () => this.reaper(),
    () => this.publicLog(),
    () => this.webhooks(),
  ].map((find) => new AttentionPart(find));
  private readonly cache = new MicroCache<AttentionItem[]>({
    ...{ ttlMs: KEPT_MS, most: 1, mostLoads: 1 },
    load: () => this.read(),
  });

  constructor(
    @InjectDataSource(READS) private readonly source: DataSource,
    private readonly records: DecisionRecords,
    private readonly payouts: PayoutSwitch,
    private readonly pauses: ProviderPauses,
    private readonly figures: LiveFigures,
    private readonly standings: LogStandings,
    private readonly environment: Environment,
  ) {}

  /**
   * The most pressing first; of one kind, the oldest first.
   * @throws Problem 503 when nothing in Postgres can be read
   */
  items(): Promise<AttentionItem[]> {
    return this.cache.get('');
  }

  private async read(): Promise<AttentionItem[]> {
    const patienceMs = SHARE_FOR_READING * this.environment.REQUEST_DEADLINE_MS;
    const found = await Promise.allSettled(this.parts.map((part) => part.read(patienceMs)));
    const failures = found.flatMap((part) => (part.status === 'rejected' ? [part.reason as unknown] : []));
    // What workers say of the provider is in Redis, and never fails.
    if (failures.length >= this.parts.length - 1)
      throw unavailable('What waits for a human could not be read.', failures[0]);
    if (failures.length > 0) this.log.write('attention-not-read', { causes: failures.map(String) });
    const unread = failures.length > 0 ? [attentionItem('not-read', { count: failures.length })] : [];
    const items = found.flatMap((part) => (part.status === 'fulfilled' ? part.value : []));
    const differing = this.figures
      .differing()
      .map(({ campaignId, since }) => attentionItem('gate-differs', { campaignId, since: new Date(since) }));
    return [...unread, ...differing, ...items].sort(
      (a, b) =>
        ATTENTION_CODES.indexOf(a.code) - ATTENTION_CODES.indexOf(b.code) ||
        (a.since?.getTime() ?? 0) - (b.since?.getTime() ?? 0),
    );
  }

  private async waiting(): Promise<AttentionItem[]> {
    const unpaidMs = UNPAID_LEASES * this.environment.SLOT_LEASE_MS;
    const found = await readUnsettled(this.source, { mostCampaigns: MOST_CAMPAIGNS, unpaidMs });
    return found.flatMap(({ campaignId, held, heldSince, inDoubt, inDoubtSince, unpaidSince }) => [
      ...(held > 0 ? [attentionItem('payouts-held', { campaignId, count: held, since: heldSince })] : []),
      ...(inDoubt > 0
        ? [attentionItem('payouts-in-doubt', { campaignId, count: inDoubt, since: inDoubtSince })]
        : []),
      ...(unpaidSince ? [attentionItem('oldest-unpaid', { campaignId, since: unpaidSince })] : []),
    ]);
  }

  private async books(): Promise<AttentionItem[]> {
    const found = await unresolvedReports(this.source, MOST_CAMPAIGNS);
    return found.map(({ campaignId, remaining, comparedAt }) =>
      attentionItem('books-differ', { campaignId, count: remaining, since: comparedAt }),
    );
  }

  private async decisions(): Promise<AttentionItem[]> {
    const found = await this.records.awaitingApproval();
    return found.map((decisions) => attentionItem('decision-to-approve', decisions));
  }

  private async stops(): Promise<AttentionItem[]> {
    const stops = await this.payouts.stops();
    return stops.map(({ campaignId, stoppedAt }) =>
      attentionItem('payouts-stopped', { campaignId, since: stoppedAt }),
    );
  }

  private async provider(): Promise<AttentionItem[]> {
    const { isSilent, isUnconfigured } = await this.pauses.read();
    return [
      ...(isUnconfigured ? [attentionItem('provider-not-configured', {})] : []),
      ...(isSilent ? [attentionItem('provider-silent', {})] : []),
    ];
  }

  private async reaper(): Promise<AttentionItem[]> {
    const { SLOT_LEASE_MS, REAPER_INTERVAL_MS } = this.environment;
    const lateMs = UNSEEN_LEASES * SLOT_LEASE_MS + REAPER_INTERVAL_MS;
    const [unseen] = await rows<{ since: Date | null }>(this.source, UNSEEN, [lateMs]);
    return unseen?.since ? [attentionItem('no-reaper', { since: unseen.since })] : [];
  }

  private async publicLog(): Promise<AttentionItem[]> {
    const { state, setBackAt, toldAt, wholeAt, stopped } = await this.standings.read();
    const campaigns = stopped
      .filter(({ isFinished }) => !isFinished)
      .map(({ campaignId, stoppedAt }) =>
        attentionItem('log-campaign-stopped', { campaignId, since: stoppedAt }),
      );
    switch (state) {
      case 'off':
        return [];
      case 'written':
        return campaigns;
      case 'late':
        return [attentionItem('log-late', { since: wholeAt }), ...campaigns];
      case 'not-written':
        return [attentionItem('log-not-written', { since: toldAt }), ...campaigns];
      case 'set-back':
        return [attentionItem('log-set-back', { since: setBackAt }), ...campaigns];
    }
  }

  private async webhooks(): Promise<AttentionItem[]> {
    const found = await readBacklogs(this.source);
    const off = found.filter(({ standing }) => standing === 'given-up');
    const late = found.filter(
      ({ standing, waitingSeconds }) =>
        (standing === 'on' || standing === 'failing') && (waitingSeconds ?? 0) > LATE_SECONDS,
    );
    return [
      ...ofEndpoints('webhook-endpoint-off', off, ({ offAt }) => offAt),
      ...ofEndpoints('webhooks-late', late, ({ waitingSince }) => waitingSince),
    ];
  }
}

/** One item for all of them, with the earliest time. */
function ofEndpoints(
  code: AttentionCode,
  endpoints: readonly Backlog[],
  sinceOf: (endpoint: Backlog) => Date | null,
): AttentionItem[] {
  if (endpoints.length === 0) return [];
  const times = endpoints.flatMap((endpoint) => sinceOf(endpoint)?.getTime() ?? []);
  return [attentionItem(code, { count: endpoints.length, since: new Date(Math.min(...times)) })];
}

/** $1 how late a look may be (ms). */
const UNSEEN = `
  SELECT min(next_look_at) AS since FROM campaign_upkeep WHERE next_look_at < now() - $1 * interval '1 ms'`;
