import { BullModule } from '@nestjs/bullmq';
import { Module } from '@nestjs/common';
import { RedisConnections } from '../redis/redis-connections.js';
import { Doorbell, PAYOUT_QUEUE } from './doorbell.js';
import { QueueGauge } from './queue-gauge.js';

/** One hash tag for all of the queue's keys, so that BullMQ's scripts work on a cluster. */
const PREFIX = '{grant-jobs}';

@Module({
  imports: [
    BullModule.registerQueueAsync({
      name: PAYOUT_QUEUE,
      inject: [RedisConnections],
      useFactory: (connections: RedisConnections) => ({
        connection: connections.open('queue'),
        prefix: PREFIX,
      }),
    }),
  ],
  providers: [Doorbell, QueueGauge],
  exports: [Doorbell, BullModule],
})
export class DoorbellModule {}
