import { Module } from '@nestjs/common';
import { GateClock } from './gate-clock.js';
import { GateKeeper } from './gate-keeper.js';
import { GateInspection } from './gate-inspection.js';
import { GateOwnership } from './gate-ownership.js';
import { GateRates } from './gate-rates.js';
import { GateRebuild } from './gate-rebuild.js';
import { GateRoom } from './gate-room.js';
import { GateRunner } from './gate-runner.js';
import { SlotService } from './slot.service.js';
import { TermsAnnouncement } from './terms-announcement.js';

@Module({
  providers: [
    GateOwnership,
    GateRunner,
    GateRoom,
    SlotService,
    GateClock,
    GateRates,
    GateInspection,
    GateRebuild,
    GateKeeper,
    TermsAnnouncement,
  ],
  exports: [GateOwnership, GateRoom, SlotService, GateClock, GateRates, GateKeeper, TermsAnnouncement],
})
export class GateModule {}
