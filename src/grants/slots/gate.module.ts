import { Module } from '@nestjs/common';
import { RedisConnections } from '../../platform/redis/redis-connections.js';
import { GateClock } from './gate-clock.js';
import { GateKeeper } from './gate-keeper.js';
import { GateLook } from './gate-inspection.js';
import { GateOwnership } from './gate-ownership.js';
import { GateRebuild } from './gate-rebuild.js';
import { GATE_REDIS } from './gate-redis.js';
import { GateRoom } from './gate-room.js';
import { GateRunner } from './gate-runner.js';
import { SlotService } from './slot.service.js';

@Module({
  providers: [
    {
      provide: GATE_REDIS,
      inject: [RedisConnections],
      useFactory: (connections: RedisConnections) => connections.open('request'),
    },
    GateOwnership,
    GateRunner,
    GateRoom,
    SlotService,
    GateClock,
    GateLook,
    GateRebuild,
    GateKeeper,
  ],
  exports: [GATE_REDIS, GateOwnership, GateRoom, SlotService, GateClock, GateKeeper],
})
export class GateModule {}
