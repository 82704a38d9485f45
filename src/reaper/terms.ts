import { Injectable } from '@nestjs/common';
import { gateTerms } from '../campaigns/gate-terms.js';
import { SlotService } from '../grants/slots/slot.service.js';
import type { Found, Look, ReaperTask } from './look.js';

/** Tells the gate what an operator changed, in case the gate was out of reach at that time. */
@Injectable()
export class Terms implements ReaperTask {
  readonly name = 'terms';

  constructor(private readonly slots: SlotService) {}

  async perform({ campaign }: Look): Promise<Found> {
    await this.slots.announce(campaign.id, gateTerms(campaign));
    return 'nothing';
  }
}
