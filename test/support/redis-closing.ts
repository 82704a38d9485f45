import { Redis } from 'ioredis';

/**
 * For tests whose last connections break: where ioredis disconnects one that is closed already, it holds a timer of 2
 * s, and with it Jest's worker, which is then killed.
 */
export function closeRedisAtOnce(): void {
  (Redis as unknown as { defaultOptions: { disconnectTimeout: number } }).defaultOptions.disconnectTimeout =
    0;
}
