import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { GateModule } from '../../grants/slots/gate.module.js';
import { HealthController } from './health.controller.js';
import { PostgresIndicator } from './postgres-indicator.js';
import { RedisIndicator } from './redis-indicator.js';

@Module({
  imports: [TerminusModule.forRoot({ logger: false }), GateModule],
  controllers: [HealthController],
  providers: [PostgresIndicator, RedisIndicator],
})
export class HealthModule {}
