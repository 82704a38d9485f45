import { isRedisFailure } from '../../src/platform/redis/redis-failure.js';
import { openRedis, type Patience } from '../../src/platform/redis/open-redis.js';
import { findFreePort } from '../../tools/stack/servers/free-port.js';
import { closeRedisAtOnce } from '../support/redis-closing.js';

const KINDS = [
  'redis://127.0.0.1:PORT',
  'redis+sentinel://127.0.0.1:PORT?master=m',
  'redis+cluster://127.0.0.1:PORT',
];
const PATIENCES: readonly Patience[] = ['request', 'tool'];

/** So long that only a command that waits for ever fails the test. */
const WAITS_FOR_EVER_MS = 20_000;

beforeAll(closeRedisAtOnce);

describe('where nothing listens', () => {
  it.each(KINDS.flatMap((kind) => PATIENCES.map((patience) => ({ kind, patience }))))(
    'a command fails as an outage: $patience at $kind',
    async ({ kind, patience }) => {
      const redis = openRedis(kind.replace('PORT', String(await findFreePort())), patience, 500);
      redis.on('error', () => undefined);
      try {
        const failure = await redis.hget('key', 'field').then(
          () => 'an answer',
          (error: unknown) => error,
        );
        expect(isRedisFailure(failure)).toBe(true);
      } finally {
        redis.disconnect();
      }
    },
    WAITS_FOR_EVER_MS,
  );
});
