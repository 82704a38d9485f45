import { Injectable } from '@nestjs/common';
import { Failpoints } from '../platform/failpoints/failpoints.js';
import { GateUpdate } from '../grants/claims/gate-update.js';
import { Tracing } from '../platform/tracing/tracing.js';
import { type Due, Payouts } from './payouts.js';

/**
 * Pays what is due in a campaign, and tells the gate. Called for each ring, and by the reaper when no ring can be
 * queued.
 */
@Injectable()
export class PayDue {
  constructor(
    private readonly payouts: Payouts,
    private readonly gateUpdate: GateUpdate,
    private readonly failpoints: Failpoints,
    private readonly tracing: Tracing,
  ) {}

  /**
   * One bounded batch (R21).
   * @returns the pause in ms before the next call, since more may be due; null: no call before the next ring
   * @throws the drivers' errors; what was paid stays paid, and the reaper tells the gate
   */
  async payBatch(due: Due): Promise<number | null> {
    const { ended, againInMs } = await this.payouts.payDue(due);
    this.tracing.note({ ended: ended.length });
    if (ended.length > 0) this.failpoints.reach('payout.concluded');
    await this.gateUpdate.conclude(due.campaignId, ended);
    return againInMs;
  }
}
