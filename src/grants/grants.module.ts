import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { READS } from '../postgres/reads.js';
import { ClaimBatch } from './claim-batch.js';
import { ClaimGathering } from './claim-gathering.js';
import { ClaimService } from './claim.service.js';
import { ClaimsModule } from './claims.module.js';
import { FinishedClaims } from './finished-claims.js';
import { GrantReports } from './grant-reports.js';
import { GrantsAdminController } from './grants-admin.controller.js';
import { GrantsController } from './grants.controller.js';
import { LinePositions } from './line-positions.js';
import { ClaimRoomGuard, StatusRoomGuard } from './room-guards.js';
import { SoldOutCheck } from './sold-out-check.js';
import { StatusGathering } from './status-gathering.js';
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
