import { Injectable } from '@nestjs/common';
import { Environment } from '../platform/config/environment.js';
import { isProviderConfigured } from '../platform/config/settings/payouts.js';
import { EventLog } from '../platform/logging/event-log.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { LedgerPayouts } from './by-ledger/ledger-payouts.js';
import { CallRate } from './by-provider/call-rate.js';
import { ProviderPayouts } from './by-provider/provider-payouts.js';
import { CampaignProvider } from './campaign-provider.js';
import { type Paid, Payouts } from './payouts.js';

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
  /** By `performance.now()`. */
  private saysAgainAt = 0;

  constructor(
    private readonly campaigns: CampaignProvider,
    private readonly ledger: LedgerPayouts,
    private readonly provider: ProviderPayouts,
    private readonly rate: CallRate,
    private readonly metrics: Metrics,
    environment: Environment,
  ) {
    super();
    this.paysOverHttp = isProviderConfigured(environment);
  }

  async payDue(campaignId: string, stopping: AbortSignal): Promise<Paid> {
    switch (await this.campaigns.of(campaignId)) {
      case 'ledger':
        return this.ledger.payDue(campaignId, stopping);
      case 'http':
        return this.paysOverHttp ? this.provider.payDue(campaignId, stopping) : this.leave(campaignId);
      default:
        return { ended: [], againInMs: null };
    }
  }

  private async leave(campaignId: string): Promise<Paid> {
    this.metrics.payoutsLeft.inc({ campaign: campaignId });
    await this.rate.showUnconfigured();
    if (performance.now() >= this.saysAgainAt) {
      this.saysAgainAt = performance.now() + SAY_MS;
      this.log.write('provider-not-configured', { campaignId });
    }
    return { ended: [], againInMs: OFFER_MS };
  }
}
