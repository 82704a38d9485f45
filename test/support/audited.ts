import { runAudit } from '../../src/audit/run-audit.js';
import type { World } from './world.js';

/** What the audit of a campaign finds in one look; empty when every promise held and the gate was compared, too. */
export async function brokenByAudit(world: World, campaignId: string): Promise<string[]> {
  const { DATABASE_URL = '', REDIS_URL = '', REDIS_KEY_PREFIX: keyPrefix } = world.variables;
  const { gate, checks } = await runAudit(
    { databaseUrl: DATABASE_URL, redisUrl: REDIS_URL, looks: 1, ...(keyPrefix ? { keyPrefix } : {}) },
    campaignId,
  );
  const violations = checks.flatMap((check) => check.violations);
  return gate === 'checked' ? violations : [...violations, `the gate is ${gate}`];
}
