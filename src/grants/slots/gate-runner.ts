import { Inject, Injectable } from '@nestjs/common';
import { Environment } from '../../platform/config/environment.js';
import { type GateKeys, gateKeys, scriptKeys } from './gate-keys.js';
import { GateOwnership } from './gate-ownership.js';
import { REQUEST_REDIS, type RequestRedis } from '../../platform/redis/request-redis.js';
import type { GateScript } from './gate-script.js';

type Argument = string | number;

/**
 * Runs scripts on gates, on behalf of the database that this process works on: on the gate of another database they do
 * nothing (R15).
 */
@Injectable()
export class GateRunner {
  constructor(
    @Inject(REQUEST_REDIS) private readonly redis: RequestRedis,
    private readonly ownership: GateOwnership,
    private readonly environment: Environment,
  ) {}

  /** The identity of that database. */
  get identity(): string {
    return this.ownership.identity;
  }

  keys(campaignId: string): GateKeys {
    return gateKeys(campaignId, this.environment.REDIS_KEY_PREFIX);
  }

  /** @throws the error of ioredis when Redis can't be asked */
  runScript(script: GateScript, campaignId: string, args: readonly Argument[]): Promise<unknown> {
    return this.runOn(script, scriptKeys(this.keys(campaignId)), args);
  }

  /** Like `runScript`, on these keys instead of those of a standing gate. */
  runOn(script: GateScript, keys: readonly string[], args: readonly Argument[]): Promise<unknown> {
    return script.call(this.redis, keys, [this.ownership.identity, ...args]);
  }

  /** As `runScript`, but never sends the text of the script: fails with NOSCRIPT unless the server knows it. */
  runLoaded(script: GateScript, campaignId: string, args: readonly Argument[]): Promise<unknown> {
    const keys = scriptKeys(this.keys(campaignId));
    return script.callLoaded(this.redis, keys, [this.ownership.identity, ...args]);
  }
}
