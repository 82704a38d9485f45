import { Injectable } from '@nestjs/common';
import { Failpoints } from '../platform/failpoints/failpoints.js';
import { GateUpdate } from '../grants/claims/gate-update.js';
import { Payouts } from './payouts.js';

/** Pays what is due of a campaign, and tells the gate: what a ring is for, and what a reaper does where nobody can ring. */
@Injectable()
export class PayDue {
  constructor(
    private readonly payouts: Payouts,
    private readonly gateUpdate: GateUpdate,
    private readonly failpoints: Failpoints,
  ) {}

  /**
   * One bounded batch (R21).
   * @param stopping takes on no more once it is aborted
   * @returns after how many ms there may be more to do, null when there is no more
   * @throws the drivers' errors; what was paid is paid, and the reaper tells the gate
   */
  async payBatch(campaignId: string, stopping: AbortSignal): Promise<number | null> {
    const { ended, againInMs } = await this.payouts.payDue(campaignId, stopping);
    if (ended.length > 0) this.failpoints.reach('payout.concluded');
    await this.gateUpdate.conclude(campaignId, ended);
    return againInMs;
  }
}
