import { Module } from '@nestjs/common';
import { RedisConnections } from '../redis/redis-connections.js';
import { GateClock } from './gate-clock.js';
import { GateKeeper } from './gate-keeper.js';
import { GateLook } from './gate-look.js';
import { GateRebuild } from './gate-rebuild.js';
import { GATE_REDIS } from './gate-redis.js';
import { SlotService } from './slot.service.js';

@Module({
  providers: [
    {
      provide: GATE_REDIS,
      inject: [RedisConnections],
      useFactory: (connections: RedisConnections) => connections.open('request'),
    },
    SlotService,
    GateClock,
    GateLook,
    GateRebuild,
    GateKeeper,
  ],
  exports: [GATE_REDIS, SlotService, GateClock, GateKeeper],
})
export class GateModule {}
