import { BullModule } from '@nestjs/bullmq';
import { Module } from '@nestjs/common';
import { Environment } from '../platform/config/environment.js';
import { RedisConnections } from '../platform/redis/redis-connections.js';
import { Doorbell, PAYOUT_QUEUE } from './doorbell.js';
import { QueueGauge } from './queue-gauge.js';

@Module({
  imports: [
    BullModule.registerQueueAsync({
      name: PAYOUT_QUEUE,
      inject: [RedisConnections, Environment],
      useFactory: (connections: RedisConnections, { REDIS_KEY_PREFIX }: Environment) => ({
        connection: connections.open('queue'),
        // One hash tag for all of the queue's keys, so that BullMQ's scripts work on a cluster.
        prefix: `{${REDIS_KEY_PREFIX}-jobs}`,
      }),
    }),
  ],
  providers: [Doorbell, QueueGauge],
  exports: [Doorbell, BullModule],
})
export class DoorbellModule {}
