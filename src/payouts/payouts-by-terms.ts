import { Injectable } from '@nestjs/common';
import { Environment } from '../platform/config/environment.js';
import { isProviderConfigured, type PayoutProvider } from '../platform/config/settings/payouts.js';
import { BatchesInTurn } from '../platform/gathering/batches-in-turn.js';
import { EventLog } from '../platform/logging/event-log.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { PayoutsTogether } from './by-ledger/payouts-together.js';
import { CallRate } from './by-provider/call-rate.js';
import { ProviderPayouts } from './by-provider/provider-payouts.js';
import { CampaignProvider } from './campaign-provider.js';
import { type Due, type Paid, Payouts } from './payouts.js';

/**
 * The pause after which a campaign that this process cannot pay is offered to the workers again: to another, perhaps.
 */
const OFFER_MS = 1_000;

/** How often the log says that campaigns are left alone. */
const SAY_MS = 60_000;

/**
 * R30: pays each campaign by the provider that it names, campaigns of both kinds in one process. A process without the
 * provider's settings leaves the provider's campaigns to others, and says so.
 */
@Injectable()
export class PayoutsByTerms extends Payouts {
  private readonly log = new EventLog(PayoutsByTerms.name);
  private readonly paysOverHttp: boolean;
  /** A worker takes more rings than it has turns, since those of the ledger share one. */
  private readonly providerTurns: BatchesInTurn<Due, Paid>;
  /** By `performance.now()`. */
  private saysAgainAt = 0;

  constructor(
    private readonly campaigns: CampaignProvider,
    private readonly ledger: PayoutsTogether,
    private readonly provider: ProviderPayouts,
    private readonly rate: CallRate,
    private readonly metrics: Metrics,
    environment: Environment,
  ) {
    super();
    this.paysOverHttp = isProviderConfigured(environment);
    const pay = (dues: readonly Due[]): Promise<Paid[]> =>
      Promise.all(dues.map((due) => this.provider.payDue(due)));
    const turns = { atOnce: environment.WORKER_CONCURRENCY, batchWeight: 1, weigh: () => 1 };
    this.providerTurns = new BatchesInTurn(pay, turns);
  }

  async payDue(due: Due): Promise<Paid> {
    switch ((await this.campaigns.named(due.campaignId)) ?? (await this.chosen(due))) {
      case 'ledger':
        return this.ledger.payDue(due);
      case 'http':
        return this.paysOverHttp ? this.providerTurns.ask(due) : this.leave(due);
      default:
        return { ended: [], againInMs: null };
    }
  }

  private async chosen(due: Due): Promise<PayoutProvider | null> {
    await due.begin();
    return this.campaigns.choose(due.campaignId);
  }

  private async leave({ campaignId, begin }: Due): Promise<Paid> {
    await begin();
    this.metrics.payoutsLeft.inc({ campaign: campaignId });
    await this.rate.showUnconfigured();
    if (performance.now() >= this.saysAgainAt) {
      this.saysAgainAt = performance.now() + SAY_MS;
      this.log.write('provider-not-configured', { campaignId });
    }
    return { ended: [], againInMs: OFFER_MS };
  }
}
