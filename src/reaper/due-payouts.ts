import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { Doorbell } from '../doorbell/doorbell.js';
import { MissingSettings } from '../payouts/missing-settings.js';
import { PayDue } from '../payouts/pay-due.js';
import type { Found, Look, ReaperTask } from './look.js';

/**
 * Rings for what is due, in case nobody has, or the ring was lost. When no ring can be queued, pays it itself (R21).
 * Has operators told of a campaign that this process could not pay.
 */
@Injectable()
export class DuePayouts implements ReaperTask, BeforeApplicationShutdown {
  readonly name = 'due payouts';
  private readonly stopping = new AbortController();

  constructor(
    private readonly doorbell: Doorbell,
    private readonly payDue: PayDue,
    private readonly settings: MissingSettings,
  ) {}

  async perform({ campaign: { id, payoutProvider, state }, hasDuePayouts }: Look): Promise<Found> {
    // Before the first claim, since later it is too late to set what is missing.
    if (state !== 'CLOSED') await this.settings.tell(payoutProvider);
    if (!hasDuePayouts) return 'nothing';
    if (await this.doorbell.ringSurely(id)) return 'something';
    const againInMs = await this.payDue.payBatch({
      campaignId: id,
      stopping: this.stopping.signal,
      begin: () => Promise.resolve(), // there is no ring
    });
    return againInMs === 0 ? 'more' : 'something'; // a pause lasts until the next round
  }

  beforeApplicationShutdown(): void {
    this.stopping.abort();
  }
}
