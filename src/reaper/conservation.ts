import { Injectable } from '@nestjs/common';
import { GateKeeper } from '../gate/gate-keeper.js';
import { SlotService } from '../gate/slot.service.js';
import type { Found, Look, ReaperTask } from './look.js';

/**
 * Watches that every slot is somewhere: available + processing + settled = capacity (P6), counted at one instant. A gate in
 * which that fails has lost a slot or made one up, so it is rebuilt.
 */
@Injectable()
export class Conservation implements ReaperTask {
  readonly name = 'conservation';

  constructor(
    private readonly keeper: GateKeeper,
    private readonly slots: SlotService,
  ) {}

  async run({ campaign: { id, capacity } }: Look): Promise<Found> {
    const gate = await this.keeper.open(id);
    const counts = await this.slots.counts(id);
    if (!gate || !counts) return 'nothing';
    const { available, processing, settled } = counts;
    if (available + processing + settled !== capacity) {
      this.keeper.condemn(id, gate.epoch);
      return 'something';
    }
    return processing > 0 ? 'something' : 'nothing';
  }
}
