import type { RedisClient } from '../redis/open-redis.js';
import { type GateClaim, parseGateClaim } from './gate-claim.js';
import { claimPartKey, gateKeys } from './gate-keys.js';
import { GATE_LAYOUT } from './gate-layout.js';

const PARTS_A_PAGE = 64;

/** Everybody whom a gate remembers, page after page, for those who check it. Nobody when there is no gate of this layout. */
export async function* gateClaims(redis: RedisClient, campaignId: string): AsyncGenerator<GateClaim[]> {
  const keys = gateKeys(campaignId);
  const [epoch, layout, parts] = await redis.hmget(keys.facts, 'epoch', 'layout', 'parts');
  if (!epoch || layout !== String(GATE_LAYOUT)) return;
  for (let first = 0; first < Number(parts); first += PARTS_A_PAGE) {
    const page = Array.from({ length: Math.min(PARTS_A_PAGE, Number(parts) - first) }, (_, i) => first + i);
    const read = await Promise.all(page.map((part) => redis.hgetall(claimPartKey(keys, epoch, part))));
    yield read.flatMap((part) =>
      Object.entries(part).map(([userId, record]) => parseGateClaim(userId, record)),
    );
  }
}
