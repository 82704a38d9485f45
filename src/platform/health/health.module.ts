import { Global, Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { HealthController } from './health.controller.js';
import { PostgresIndicator } from './postgres-indicator.js';
import { ProbeGauges } from './probe-gauges.js';
import { Readiness } from './readiness.js';
import { RedisIndicator } from './redis-indicator.js';

@Global()
@Module({
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController],
  providers: [PostgresIndicator, RedisIndicator, Readiness, ProbeGauges],
  exports: [Readiness],
})
export class HealthModule {}
