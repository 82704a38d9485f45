import type { Redis } from 'ioredis';

/** Injects the connection over which requests ask the gate. */
export const GATE_REDIS = Symbol('GATE_REDIS');

/**
 * What the gate asks of Redis: what names a key, so that of a cluster it reaches the node that has the campaign.
 * Each fails when Redis can't be asked just now, and is never sent twice.
 */
export type GateRedis = Pick<Redis, 'eval' | 'evalsha' | 'unlink' | 'ping' | 'on'>;
