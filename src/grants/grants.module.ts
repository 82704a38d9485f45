import { Module } from '@nestjs/common';
import { ClockModule } from './clock/clock.module.js';
import { ClaimBatch } from './claims/claim-batch.js';
import { ClaimGathering } from './claims/claim-gathering.js';
import { ClaimService } from './claims/claim.service.js';
import { ClaimsModule } from './claims/claims.module.js';
import { EligibleLists } from './claims/eligible-lists.js';
import { FinishedClaims } from './claims/finished-claims.js';
import { LinePositions } from './claims/line-positions.js';
import { ProofGathering } from './claims/proof-gathering.js';
import { SealedCampaigns } from './claims/sealed-campaigns.js';
import { SoldOutCheck } from './claims/sold-out-check.js';
import { StatusGathering } from './claims/status-gathering.js';
import { GrantProofController } from './grant-proof.controller.js';
import { GrantsController } from './grants.controller.js';
import { ListOpeningController } from './list-opening.controller.js';
import { PollPace } from './poll-pace.js';
import { ClaimRoomGuard, ProofRoomGuard, StatusRoomGuard } from './room-guards.js';
import { InclusionModule } from '../transparency/inclusion/inclusion.module.js';
import { ReceiptsModule } from '../transparency/receipts/receipts.module.js';
import { GateModule } from './slots/gate.module.js';

/** The API for users: claims over HTTP, decided by the slot service, recorded in Postgres. */
@Module({
  imports: [GateModule, ClockModule, ClaimsModule, ReceiptsModule, InclusionModule],
  providers: [
    ...[
      ClaimBatch,
      ClaimGathering,
      EligibleLists,
      FinishedClaims,
      SealedCampaigns,
      SoldOutCheck,
      ClaimService,
    ],
    ...[LinePositions, StatusGathering, PollPace, ProofGathering],
    ...[ClaimRoomGuard, StatusRoomGuard, ProofRoomGuard],
  ],
  controllers: [GrantsController, GrantProofController, ListOpeningController],
})
export class GrantsModule {}
