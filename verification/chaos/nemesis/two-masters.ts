import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { RedisServer } from '../../../tools/stack/servers/redis-server.js';
import { waitUntil } from '../../../tools/stack/servers/wait-until.js';
import type { Arena } from '../arena/arena.js';
import { lastUntilEffect } from './effect.js';

/** Who is left with the new master; the others go on with the old one. */
const onNewMaster = ['api2', 'worker2'];

/**
 * A replica is promoted while its primary lives on, as when a network is split: half of the instances follow it, the others
 * do not. Afterwards all are with the old one again, which knows nothing of what the new one was told.
 * @returns how many bytes were written to the one that was told less
 */
export async function splitMasters(arena: Arena, durationMs: number): Promise<number> {
  const { redis: old, dataDir } = arena;
  const folder = join(dataDir, 'new-master');
  const password = decodeURIComponent(new URL(old.url).password);
  const log = (): void => undefined;
  const successor = new RedisServer({ dataDir: folder, log, password });
  const links = onNewMaster.flatMap((name) => arena.links.find('redis', name));
  try {
    await successor.start([`masterauth ${password}`, `replicaof 127.0.0.1 ${old.port}`]);
    await waitUntil('the replica has its primary’s data', async () =>
      String(await successor.command('INFO', 'replication')).includes('master_link_status:up'),
    );
    await successor.command('REPLICAOF', 'NO', 'ONE');
    for (const { proxy } of links) proxy.redirect(successor.port);
    const before = await Promise.all([old, successor].map(written));
    return await lastUntilEffect(durationMs, async () => {
      const after = await Promise.all([old, successor].map(written));
      return Math.min(...after.map((offset, index) => offset - (before[index] ?? 0)));
    });
  } finally {
    for (const { proxy } of links) proxy.redirect(old.port);
    await successor.kill();
    await rm(folder, { recursive: true, force: true });
  }
}

/** How many bytes of writes a server has seen: for replicas, whether it has any or not. */
async function written(server: RedisServer): Promise<number> {
  const info = String(await server.command('INFO', 'replication'));
  return Number(/^master_repl_offset:(\d+)/m.exec(info)?.[1] ?? 0);
}
