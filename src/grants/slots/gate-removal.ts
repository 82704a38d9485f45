import { DataSource } from 'typeorm';
import { postgresOptions } from '../../platform/postgres/postgres-options.js';
import { rows } from '../../platform/postgres/rows.js';
import { withSessionLock } from '../../platform/postgres/session-lock.js';
import { openRedis, type RedisClient } from '../../platform/redis/open-redis.js';
import type { RedisTlsFiles } from '../../platform/redis/redis-tls.js';
import { gateKeys, ownerKey, scriptKeys } from './gate-keys.js';
import { GATE_LAYOUT } from './gate-layout.js';
import { GateScript } from './gate-script.js';
import { KeyOwner, layoutOfInstance } from './key-owner.js';

const STATEMENT_TIMEOUT_MS = 60_000;
const CONNECT_TIMEOUT_MS = 5_000;
const CAMPAIGNS_PER_PAGE = 500;
const PARTS_PER_CALL = 500;

/** Whose gates are removed, and which. */
export interface GatesToRemove {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly redisTls?: RedisTlsFiles;
  /** REDIS_KEY_PREFIX of the service. */
  readonly keyPrefix: string;
  /** Gates of this layout and of newer ones are removed; default: this release's. */
  readonly fromLayout?: number;
}

/** How many gates were removed, and how many have an older layout and were left. */
export interface RemovedGates {
  readonly removed: number;
  readonly left: number;
}

/** The gates must not be removed now. The message says what to do. */
export class GatesInUse extends Error {
  override readonly name = 'GatesInUse';
}

/**
 * Removes the gates that an older release cannot read, so that it builds its own. Safe at any time, as a loss of Redis
 * is, and safe to repeat; an instance of the newer release would build them again, so none may run.
 * @throws GatesInUse, with nothing removed; the driver's error when Postgres or Redis is out of reach
 */
export async function removeGates({
  databaseUrl,
  redisUrl,
  redisTls,
  keyPrefix,
  fromLayout = GATE_LAYOUT,
}: GatesToRemove): Promise<RemovedGates> {
  const source = new DataSource(
    postgresOptions({
      ...{ url: databaseUrl, poolSize: 2, statementTimeoutMs: STATEMENT_TIMEOUT_MS },
      ...{ applicationName: 'seonchak-drop-gates', looksUpByKey: true },
    }),
  );
  const redis = openRedis(redisUrl, 'tool', CONNECT_TIMEOUT_MS, redisTls);
  redis.on('error', () => undefined); // the command that fails reports it
  try {
    await source.initialize();
    await mustBeUnused(source, redis, keyPrefix, fromLayout);
    const removal = new GateRemoval(source, redis, keyPrefix, fromLayout);
    for (let page: string[] = [''], after = ''; page.length > 0; after = page.at(-1) ?? '') {
      page = await campaignsAfter(source, after);
      for (const campaignId of page) await removal.remove(campaignId);
    }
    return removal;
  } finally {
    redis.disconnect();
    if (source.isInitialized) await source.destroy();
  }
}

/** R17: the keys are ours to remove if they belong to this database, or to nobody who runs. */
async function mustBeUnused(
  source: DataSource,
  redis: RedisClient,
  keyPrefix: string,
  fromLayout: number,
): Promise<void> {
  const [here] = await rows<{ identity: string }>(
    source,
    `SELECT database_identity() || '.' || id AS identity FROM installation`,
  );
  const { noted } = await new KeyOwner(redis, keyPrefix, '').ask(null); // forgets instances that have ended
  const fields = await redis.hkeys(ownerKey(keyPrefix));
  const instances = fields.filter((field) => field.startsWith('@')).map((field) => field.slice(1));
  if (instances.length > 0 && noted.identity !== here?.identity)
    throw new GatesInUse(
      `The keys in Redis that begin with ${keyPrefix} belong to an installation on another database. ` +
        'Set DATABASE_URL, REDIS_URL and REDIS_KEY_PREFIX as the service has them.',
    );
  const newer = instances.filter((instance) => layoutOfInstance(instance) >= fromLayout).length;
  if (newer > 0)
    throw new GatesInUse(
      `Instances run that read gates of layout ${fromLayout} or newer and would build them again: ${newer}. Stop ` +
        'every instance of the newer release, then repeat this. A killed one counts for 10 s more.',
    );
}

/** Campaigns that may have a gate, by id. */
async function campaignsAfter(source: DataSource, after: string): Promise<string[]> {
  const found = await rows<{ id: string }>(
    source,
    `SELECT id FROM campaigns WHERE id > $1 AND epoch > 0 ORDER BY id LIMIT ${CAMPAIGNS_PER_PAGE}`,
    [after],
  );
  return found.map(({ id }) => id);
}

class GateRemoval implements RemovedGates {
  removed = 0;
  left = 0;
  private readonly script = GateScript.read('retire');

  constructor(
    private readonly source: DataSource,
    private readonly redis: RedisClient,
    private readonly keyPrefix: string,
    private readonly fromLayout: number,
  ) {}

  async remove(campaignId: string): Promise<void> {
    const keys = gateKeys(campaignId, this.keyPrefix);
    const standing = await this.layoutOf(keys.facts);
    if (standing === null) return;
    if (standing < this.fromLayout) {
      this.left++;
      return;
    }
    // The lock keeps rebuilds out, as when a gate is retired: their staging copies go with the gate.
    await withSessionLock(this.source, `gate:${campaignId}`, async () => {
      if (((await this.layoutOf(keys.facts)) ?? 0) < this.fromLayout) return;
      // A gate of this database before it was set back goes, too: nobody else owns the keys.
      const identity = (await this.redis.hget(keys.facts, 'identity')) ?? '';
      while ((await this.script.call(this.redis, scriptKeys(keys), [identity, PARTS_PER_CALL])) === 1);
      this.removed++;
    });
  }

  /** Null when there is no gate. The first layout had no number. */
  private async layoutOf(facts: string): Promise<number | null> {
    const [epoch, layout] = await this.redis.hmget(facts, 'epoch', 'layout');
    return epoch === null ? null : Number(layout) || 1;
  }
}
