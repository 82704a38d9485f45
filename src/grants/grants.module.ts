import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { READS } from '../platform/postgres/reads.js';
import { ClaimBatch } from './claims/claim-batch.js';
import { ClaimGathering } from './claims/claim-gathering.js';
import { ClaimService } from './claims/claim.service.js';
import { ClaimsModule } from './claims/claims.module.js';
import { FinishedClaims } from './claims/finished-claims.js';
import { GrantReports } from '../campaigns/reports/grant-reports.js';
import { GrantsAdminController } from '../campaigns/reports/grant-reports.controller.js';
import { GrantsController } from './grants.controller.js';
import { LinePositions } from './claims/line-positions.js';
import { ClaimRoomGuard, StatusRoomGuard } from './room-guards.js';
import { SoldOutCheck } from './claims/sold-out-check.js';
import { StatusGathering } from './claims/status-gathering.js';
import { UserGrant } from './user-grant.entity.js';

/** Claims over HTTP. */
@Module({
  imports: [ClaimsModule, TypeOrmModule.forFeature([UserGrant], READS)],
  providers: [
    ClaimBatch,
    ClaimGathering,
    FinishedClaims,
    SoldOutCheck,
    ClaimService,
    LinePositions,
    StatusGathering,
    ClaimRoomGuard,
    StatusRoomGuard,
    GrantReports,
  ],
  controllers: [GrantsController, GrantsAdminController],
})
export class GrantsModule {}
