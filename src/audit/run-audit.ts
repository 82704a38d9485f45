import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource, type EntityManager } from 'typeorm';
import { DEFAULT_KEY_PREFIX } from '../grants/slots/gate-keys.js';
import { lacking, REQUIRED_PARTS } from '../platform/postgres/schema-check.js';
import { postgresOptions } from '../platform/postgres/postgres-options.js';
import { rows } from '../platform/postgres/rows.js';
import { openRedis, type RedisClient } from '../platform/redis/open-redis.js';
import type { RedisTlsFiles } from '../platform/redis/redis-tls.js';
import { type AuditReport, type CheckResult, MOST_VIOLATIONS } from './audit-report.js';
import { checkGate } from './gate-checks.js';
import { LOG_CHECKS } from './log-checks.js';
import { POSTGRES_CHECKS } from './postgres-checks.js';

const STATEMENT_TIMEOUT_MS = 300_000;
const CONNECT_TIMEOUT_MS = 5_000;

/** Gate and Postgres change one after the other: only a difference that persists for several looks is a violation. */
const LOOKS = 6;
const PAUSE_MS = 2_000;

interface AuditOptions {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly redisTls?: RedisTlsFiles;
  /** REDIS_KEY_PREFIX of the service. */
  readonly keyPrefix?: string;
  /** How many looks, two seconds apart, a difference must persist before it counts. */
  readonly looks?: number;
}

/** There is no such campaign to audit. */
export class UnknownCampaignError extends Error {
  override readonly name = 'UnknownCampaignError';
}

/**
 * Checks the promises against the contents of Postgres and Redis. Changes nothing, and may run while the campaign does.
 * The checks of Postgres alone read one snapshot.
 * @throws UnknownCampaignError; the driver's error when Postgres or Redis is out of reach
 */
export async function runAudit(
  { databaseUrl, redisUrl, redisTls, keyPrefix = DEFAULT_KEY_PREFIX, looks = LOOKS }: AuditOptions,
  campaignId: string,
): Promise<AuditReport> {
  const source = new DataSource(
    postgresOptions({
      url: databaseUrl,
      poolSize: 1,
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
      applicationName: 'seonchak-audit',
    }),
  );
  const redis = openRedis(redisUrl, 'tool', CONNECT_TIMEOUT_MS, redisTls);
  redis.on('error', () => undefined); // the command that fails reports it
  try {
    await source.initialize();
    let report = await look(source, redis, campaignId, keyPrefix);
    for (let looked = 1; !report.ok && looked < looks; looked++) {
      await sleep(PAUSE_MS);
      report = await look(source, redis, campaignId, keyPrefix);
    }
    return report;
  } finally {
    redis.disconnect();
    if (source.isInitialized) await source.destroy();
  }
}

async function look(
  source: DataSource,
  redis: RedisClient,
  campaignId: string,
  keyPrefix: string,
): Promise<AuditReport> {
  const gate = await checkGate(redis, source, campaignId, keyPrefix);
  return source.transaction('REPEATABLE READ', async (snapshot) => {
    const counts = await count(snapshot, campaignId);
    const checks: CheckResult[] = [];
    for (const { promise, statement, examined, violations } of [...POSTGRES_CHECKS, ...LOG_CHECKS]) {
      const [looked] = await rows<{ examined: number }>(snapshot, examined, [campaignId]);
      const found = await rows<{ violation: string }>(
        snapshot,
        `SELECT violation FROM (${violations}) AS found LIMIT ${MOST_VIOLATIONS}`,
        [campaignId],
      );
      checks.push({
        promise,
        statement,
        examined: looked?.examined ?? 0,
        violations: found.map(({ violation }) => violation),
      });
    }
    checks.push({
      promise: 'P1',
      statement:
        'what enforces the promises in Postgres is there: constraints, unique indexes, enabled triggers',
      examined: REQUIRED_PARTS,
      violations: (await lacking(snapshot))
        .slice(0, MOST_VIOLATIONS)
        .map((part) => `${part} is missing or disabled`),
    });
    const all = [...checks, ...gate].sort((a, b) => a.promise.localeCompare(b.promise));
    return {
      campaignId,
      ok: all.every(({ violations }) => violations.length === 0),
      gate:
        gate.length === 0 ? 'absent' : gate.some(({ promise }) => promise === 'P4') ? 'checked' : 'retired',
      counts,
      checks: all,
    };
  });
}

async function count(snapshot: EntityManager, campaignId: string): Promise<Record<string, number>> {
  const [counts] = await rows<Record<string, number>>(
    snapshot,
    `SELECT capacity,
            (SELECT count(*)::int FROM user_grants WHERE campaign_id = $1) AS grants,
            (SELECT count(*)::int FROM user_grants WHERE campaign_id = $1 AND status = 'PENDING') AS pending,
            (SELECT count(*)::int FROM user_grants WHERE campaign_id = $1 AND status = 'SUCCESS') AS success,
            (SELECT count(*)::int FROM user_grants WHERE campaign_id = $1 AND status = 'FAILED') AS failed,
            (SELECT count(*)::int FROM waiting_entries WHERE campaign_id = $1) - waiting - ended AS promoted,
            waiting, ended
       FROM campaigns,
            (SELECT count(*) FILTER (WHERE ended_at IS NULL)::int     AS waiting,
                    count(*) FILTER (WHERE ended_at IS NOT NULL)::int AS ended
               FROM waiting_line WHERE campaign_id = $1) AS line
      WHERE id = $1 AND archived_at IS NULL`,
    [campaignId],
  );
  if (!counts)
    throw new UnknownCampaignError(
      `There is no campaign ${campaignId}, or it was archived: see its archive.`,
    );
  return counts;
}
