import type { RedisClient } from './open-redis.js';

/** Injects the connection over which requests, and probes, ask Redis. */
export const REQUEST_REDIS = Symbol('REQUEST_REDIS');

/**
 * What may be asked over it: what names a key, so that of a cluster it reaches the node that has the campaign.
 * Each fails when Redis can't be asked just now, and is never sent twice.
 */
export type RequestRedis = Pick<RedisClient, 'eval' | 'evalsha' | 'unlink' | 'ping' | 'on'>;
