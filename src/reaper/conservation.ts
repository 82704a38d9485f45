import { Injectable } from '@nestjs/common';
import { GateKeeper } from '../grants/slots/gate-keeper.js';
import { SlotService } from '../grants/slots/slot.service.js';
import type { Found, Look, ReaperTask } from './look.js';

/**
 * Checks that the gate has lost nothing: each of its keys holds as much as it counts (R19), and every slot is accounted
 * for, available + processing + settled = capacity (P6). A gate that fails this is rebuilt at once, whether or not
 * anybody asks.
 */
@Injectable()
export class Conservation implements ReaperTask {
  readonly name = 'conservation';

  constructor(
    private readonly keeper: GateKeeper,
    private readonly slots: SlotService,
  ) {}

  async perform({ campaign: { id } }: Look): Promise<Found> {
    if (!(await this.slots.isWhole(id))) {
      this.keeper.recheck(id);
      await this.keeper.open(id, { isUrgent: false });
      return 'something';
    }
    const counts = await this.slots.counts(id);
    return counts && counts.processing + counts.waiting > 0 ? 'something' : 'nothing';
  }
}
