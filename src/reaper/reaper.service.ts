import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { CampaignStore } from '../campaigns/campaign.store.js';
import { gateTerms } from '../campaigns/gate-terms.js';
import type { Campaign } from '../campaigns/campaign.entity.js';
import { Environment } from '../config/environment.js';
import { SlotService } from '../gate/slot.service.js';
import { CampaignEnd } from './campaign-end.js';
import { Conservation } from './conservation.js';
import { DurablePlaces } from './durable-places.js';
import { Departures } from './departures.js';
import { DuePayouts } from './due-payouts.js';
import { LeaseScan } from './lease-scan.js';
import { LeftByProvider } from './left-by-provider.js';
import { LineEnd } from './line-end.js';
import { QuietGrants } from './quiet-grants.js';
import { Reversals } from './reversals.js';

const INTERVAL = 'reaper';

/** Every REAPER_INTERVAL_MS, finds what was left undone and sees that it is done. */
@Injectable()
export class ReaperService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger(ReaperService.name);
  private round: Promise<void> | undefined;
  private stopping = false;

  constructor(
    private readonly scheduler: SchedulerRegistry,
    private readonly campaigns: CampaignStore,
    private readonly slots: SlotService,
    private readonly leases: LeaseScan,
    private readonly conservation: Conservation,
    private readonly durable: DurablePlaces,
    private readonly quiet: QuietGrants,
    private readonly duePayouts: DuePayouts,
    private readonly leftByProvider: LeftByProvider,
    private readonly reversals: Reversals,
    private readonly departures: Departures,
    private readonly lineEnd: LineEnd,
    private readonly campaignEnd: CampaignEnd,
    private readonly environment: Environment,
  ) {}

  onApplicationBootstrap(): void {
    const tick = (): void => {
      // A round that takes longer than the interval is not doubled.
      this.round ??= this.run().finally(() => (this.round = undefined));
    };
    this.scheduler.addInterval(INTERVAL, setInterval(tick, this.environment.REAPER_INTERVAL_MS));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    this.scheduler.deleteInterval(INTERVAL);
    await this.round;
  }

  /** One round over all campaigns that are not finished. Never fails: what could not be done is for the next round. */
  async run(): Promise<void> {
    try {
      await this.closeDue();
      for (const campaign of await this.campaigns.unfinished()) {
        if (this.stopping) return;
        await this.reap(campaign);
      }
    } catch (error) {
      this.log.warn({ msg: 'A round of the reaper failed', cause: String(error) });
    }
  }

  private async closeDue(): Promise<void> {
    try {
      await this.campaigns.closeDue();
    } catch (error) {
      this.log.warn({ msg: 'Campaigns that are due could not be closed', cause: String(error) });
    }
  }

  private async reap(campaign: Campaign): Promise<void> {
    const { id } = campaign;
    try {
      if (campaign.finishedAt) {
        await this.campaignEnd.retireGate(id);
        return;
      }
      while ((await this.leases.run(id)) && !this.stopping);
      await this.slots.announce(id, gateTerms(campaign));
      await this.conservation.run(id);
      await this.durable.run(id);
      await this.quiet.run(id);
      await this.leftByProvider.run(id);
      await this.duePayouts.run(id);
      await this.reversals.run(id);
      await this.departures.run(id);
      if (await this.campaignEnd.run(campaign)) await this.lineEnd.run(id);
    } catch (error) {
      this.log.warn({
        msg: 'The reaper could not finish with a campaign',
        campaignId: id,
        cause: String(error),
      });
    }
  }
}
