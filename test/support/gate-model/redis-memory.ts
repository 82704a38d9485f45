import type { Redis } from 'ioredis';
import { gateKeys } from '../../../src/grants/slots/gate-keys.js';
import { redisContents } from '../redis-contents.js';
import type { Loss } from './gate-steps.js';

/**
 * What Redis holds of one gate, and how it loses that. Seen from inside Redis, a restart, a promotion and a server that
 * leads again differ in what they leave: the data as of some time, the scripts or not, and the server that the gate
 * records.
 */
export class RedisMemory {
  private readonly facts: string;
  private older: readonly (readonly [key: string, dump: Buffer])[] = [];

  constructor(
    private readonly redis: Redis,
    private readonly campaignId: string,
  ) {
    this.facts = gateKeys(campaignId).facts;
  }

  /** Keeps a copy of the current data. */
  async snapshot(): Promise<void> {
    const keys = await this.keys();
    const dumps = await Promise.all(
      keys.map(async (key) => [key, await this.redis.dumpBuffer(key)] as const),
    );
    this.older = dumps.flatMap(([key, dump]) => (dump ? [[key, dump] as const] : []));
  }

  /** The current data, for comparison. */
  async read(): Promise<Map<string, unknown>> {
    return redisContents(this.redis, await this.keys());
  }

  /** @returns whether the gate is now another one, or another server's */
  async lose(loss: Loss): Promise<boolean> {
    switch (loss) {
      case 'flush-scripts':
        await this.redis.script('FLUSH');
        return false;
      case 'flush':
        await this.clear();
        return true;
      case 'restart-empty':
        await this.clear();
        await this.redis.script('FLUSH');
        return true;
      case 'restart':
        await this.redis.script('FLUSH');
        await this.redis.hset(this.facts, 'runId', 'of the server before');
        return true;
      case 'restore-old':
        await this.restore();
        await this.redis.script('FLUSH');
        await this.redis.hset(this.facts, 'runId', 'of the server before');
        return true;
      case 'promote-stale':
        await this.restore();
        await this.redis.script('FLUSH');
        await this.redis.hset(this.facts, 'runId', 'of the primary', 'replicationId', 'of the line before');
        return true;
      case 'lead-again':
        await this.restore();
        await this.redis.hset(this.facts, 'replicationId', 'of the line before');
        return true;
    }
  }

  private async keys(): Promise<string[]> {
    return (await this.redis.keys(`grant:{${this.campaignId}}:*`)).sort();
  }

  private async clear(): Promise<void> {
    const keys = await this.keys();
    if (keys.length > 0) await this.redis.del(...keys);
  }

  private async restore(): Promise<void> {
    await this.clear();
    for (const [key, dump] of this.older) await this.redis.restore(key, 0, dump);
  }
}
