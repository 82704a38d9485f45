import { Injectable } from '@nestjs/common';
import { Redis } from 'ioredis';
import { setting } from '../serve-baseline.js';

const available = 'seed:available';
const processing = 'seed:processing';
const slotsPerCommand = 10_000;

/**
 * The two lists of the textbook: a claim moves a slot from the first to the second, and its payout removes it from the
 * second.
 */
@Injectable()
export class SeedSlots {
  readonly redis = new Redis(setting('REDIS_URL'));

  /** The lowest free slot, or undefined if there is none. */
  async take(): Promise<number | undefined> {
    const slot = await this.redis.rpoplpush(available, processing);
    return slot === null ? undefined : Number(slot);
  }

  async putBack(slot: number): Promise<void> {
    await this.redis.multi().lrem(processing, 1, slot).rpush(available, slot).exec();
  }

  async settle(slot: number): Promise<void> {
    await this.redis.lrem(processing, 1, slot);
  }

  async inProcessing(): Promise<number> {
    return this.redis.llen(processing);
  }

  async fill(capacity: number): Promise<void> {
    await this.redis.del(available, processing);
    for (let first = 1; first <= capacity; first += slotsPerCommand) {
      const length = Math.min(slotsPerCommand, capacity - first + 1);
      await this.redis.lpush(available, ...Array.from({ length }, (_, i) => first + i));
    }
  }
}
