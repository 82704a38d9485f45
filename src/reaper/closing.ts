import { Injectable } from '@nestjs/common';
import { EventLog } from '../platform/logging/event-log.js';
import { type ClosingCampaign, CampaignStore } from '../campaigns/campaign.store.js';
import { Environment } from '../platform/config/environment.js';
import { GateClock } from '../grants/slots/gate-clock.js';

/** Campaigns closed in one round, at most. */
const MOST = 500;

/**
 * This many leases after its closing time, a campaign is closed by Postgres' clock alone if the gate's can't be asked.
 */
const LEASES_WITHOUT_GATE = 2;

/**
 * Closes campaigns whose closing time has come by both clocks (R27), so that a clock that was set forward closes none
 * early.
 */
@Injectable()
export class Closing {
  private readonly log = new EventLog(Closing.name);

  constructor(
    private readonly campaigns: CampaignStore,
    private readonly clock: GateClock,
    private readonly environment: Environment,
  ) {}

  /**
   * Campaigns are closed one by one, so that one failure does not delay the others. Never fails.
   * @param until by `performance.now()`: what is not closed by then is left to the next round, since each may have to
   *   wait for a gate that does not answer
   */
  async closeOverdue(until: number): Promise<void> {
    try {
      for (const campaign of await this.campaigns.toClose(MOST)) {
        if (performance.now() >= until) return;
        await this.close(campaign);
      }
    } catch (error) {
      this.log.write('campaign-not-closed', { cause: String(error) });
    }
  }

  private async close(campaign: ClosingCampaign): Promise<void> {
    try {
      if (await this.isOver(campaign)) await this.campaigns.closeDue(campaign.id);
    } catch (error) {
      const { id: campaignId } = campaign;
      this.log.write('campaign-not-closed', { campaignId, cause: String(error) });
    }
  }

  private async isOver({ id, closesAt, overdueMs }: ClosingCampaign): Promise<boolean> {
    const gateNow = await this.clock.now(id).catch(() => null);
    if (gateNow !== null) return closesAt.getTime() <= gateNow;
    return overdueMs > LEASES_WITHOUT_GATE * this.environment.SLOT_LEASE_MS;
  }
}
