import type { RedisClient } from './open-redis.js';

/** Injects the Redis connection of requests and probes. */
export const REQUEST_REDIS = Symbol('REQUEST_REDIS');

/**
 * The commands allowed on this connection: those that name a key, so that in a cluster they reach the campaign's node.
 * Each fails when Redis cannot be asked just now, and is never sent twice.
 */
export type RequestRedis = Pick<RedisClient, 'eval' | 'evalsha' | 'unlink' | 'ping' | 'on'>;
