import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Queue, Worker } from 'bullmq';
import { setting } from '../serve-baseline.js';
import { SeedDatabase } from './seed-database.js';
import { SeedSlots } from './seed-slots.js';

interface Payout {
  readonly userId: string;
  readonly slot: number;
}

const queueName = 'seed-payouts';
const concurrency = 10;

/** One job per grant, and the worker that pays them in the same process. */
@Injectable()
export class SeedPayouts implements OnApplicationBootstrap {
  private readonly queue = new Queue<Payout>(queueName, { connection: { url: setting('REDIS_URL') } });

  constructor(
    private readonly database: SeedDatabase,
    private readonly slots: SeedSlots,
  ) {}

  async order(userId: string, slot: number): Promise<void> {
    await this.queue.add('pay', { userId, slot }, { attempts: 5, removeOnComplete: true });
  }

  async forget(): Promise<void> {
    await this.queue.obliterate({ force: true });
    await this.queue.resume();
  }

  onApplicationBootstrap(): void {
    const worker = new Worker<Payout>(
      queueName,
      async ({ data: { userId, slot } }) => {
        await this.database.pay(userId);
        await this.slots.settle(slot);
      },
      { connection: { url: setting('REDIS_URL'), maxRetriesPerRequest: null }, concurrency },
    );
    worker.on('error', (error) => console.error(error));
    worker.on('failed', (_, error) => console.error(error));
  }
}
