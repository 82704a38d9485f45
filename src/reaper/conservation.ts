import { Injectable } from '@nestjs/common';
import { GateKeeper } from '../gate/gate-keeper.js';
import { SlotService } from '../gate/slot.service.js';

/**
 * Watches that the gate has lost nothing: each of its keys holds as much as it counts (R19), and every slot is somewhere, available +
 * processing + settled = capacity (P6). A gate in which that fails is rebuilt at once, whether or not anybody asks.
 */
@Injectable()
export class Conservation {
  constructor(
    private readonly keeper: GateKeeper,
    private readonly slots: SlotService,
  ) {}

  async run(campaignId: string): Promise<void> {
    if (await this.slots.isWhole(campaignId)) return;
    this.keeper.doubt(campaignId);
    await this.keeper.open(campaignId, { isUrgent: false });
  }
}
