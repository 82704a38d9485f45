import { Module } from '@nestjs/common';
import { CampaignsModule } from '../../campaigns/campaigns.module.js';
import { DoorbellModule } from '../../doorbell/doorbell.module.js';
import { ClaimRecorder } from './claim-recorder.js';
import { ClaimStore } from './claim.store.js';
import { Leaving } from './leaving.js';
import { Settlement } from './gate-update.js';

/** Claims, for whoever works with them; nothing of it is served over HTTP. */
@Module({
  imports: [CampaignsModule, DoorbellModule],
  providers: [ClaimStore, ClaimRecorder, Settlement, Leaving],
  exports: [CampaignsModule, DoorbellModule, ClaimStore, ClaimRecorder, Settlement, Leaving],
})
export class ClaimsModule {}
