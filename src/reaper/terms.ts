import { Injectable } from '@nestjs/common';
import { gateTerms } from '../campaigns/gate-terms.js';
import { TermsAnnouncement } from '../grants/slots/terms-announcement.js';
import type { Found, Look, ReaperTask } from './look.js';

/** Tells the gate what an operator changed, and records when it took that, in case whoever changed it could not. */
@Injectable()
export class Terms implements ReaperTask {
  readonly name = 'terms';

  constructor(private readonly announcement: TermsAnnouncement) {}

  async perform({ campaign }: Look): Promise<Found> {
    await this.announcement.tell(campaign.id, gateTerms(campaign));
    return 'nothing';
  }
}
