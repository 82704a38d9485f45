import { Module } from '@nestjs/common';
import { ClaimBatch } from './claims/claim-batch.js';
import { ClaimGathering } from './claims/claim-gathering.js';
import { ClaimService } from './claims/claim.service.js';
import { ClaimsModule } from './claims/claims.module.js';
import { FinishedClaims } from './claims/finished-claims.js';
import { LinePositions } from './claims/line-positions.js';
import { SoldOutCheck } from './claims/sold-out-check.js';
import { StatusGathering } from './claims/status-gathering.js';
import { GrantsController } from './grants.controller.js';
import { PollPace } from './poll-pace.js';
import { ClaimRoomGuard, StatusRoomGuard } from './room-guards.js';
import { GateModule } from './slots/gate.module.js';

/** The API for users: claims over HTTP, decided by the slot service, recorded in Postgres. */
@Module({
  imports: [GateModule, ClaimsModule],
  providers: [
    ...[ClaimBatch, ClaimGathering, FinishedClaims, SoldOutCheck, ClaimService],
    ...[LinePositions, StatusGathering, PollPace, ClaimRoomGuard, StatusRoomGuard],
  ],
  controllers: [GrantsController],
})
export class GrantsModule {}
