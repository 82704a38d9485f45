import { Injectable } from '@nestjs/common';
import { GateKeeper } from '../gate/gate-keeper.js';
import { SlotService } from '../gate/slot.service.js';

/**
 * Watches that every slot is somewhere: available + processing + settled = capacity (P6), counted at one instant. A gate in
 * which that fails has lost a slot or made one up, so it is rebuilt.
 */
@Injectable()
export class Conservation {
  constructor(
    private readonly keeper: GateKeeper,
    private readonly slots: SlotService,
  ) {}

  async run(campaignId: string, capacity: number): Promise<void> {
    const gate = await this.keeper.open(campaignId);
    const counts = await this.slots.counts(campaignId);
    if (!gate || !counts || counts.available + counts.processing + counts.settled === capacity) return;
    this.keeper.condemn(campaignId, gate.epoch);
  }
}
