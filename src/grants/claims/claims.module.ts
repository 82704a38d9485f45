import { Module } from '@nestjs/common';
import { DoorbellModule } from '../../doorbell/doorbell.module.js';
import { GateModule } from '../slots/gate.module.js';
import { ClaimRecorder } from './claim-recorder.js';
import { ClaimStore } from './claim.store.js';
import { GateUpdate } from './gate-update.js';
import { Leaving } from './leaving.js';

/** What happens to claims after they were made, for the modules that recover, pay and end them. */
@Module({
  imports: [GateModule, DoorbellModule],
  providers: [ClaimStore, ClaimRecorder, GateUpdate, Leaving],
  exports: [ClaimStore, ClaimRecorder, GateUpdate, Leaving],
})
export class ClaimsModule {}
