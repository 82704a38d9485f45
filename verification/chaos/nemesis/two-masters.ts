import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { RedisServer } from '../../../tools/stack/servers/redis-server.js';
import { waitUntil } from '../../../tools/stack/servers/wait-until.js';
import type { Arena } from '../arena/arena.js';
import { lastUntilEffect } from './effect.js';

/** The instances that use the new master. The others stay with the old one. */
const onNewMaster = ['api2', 'worker2'];

/**
 * Promotes a replica while its primary lives on, as in a network partition: half of the instances use the new master.
 * Afterwards all use the old one again, which lacks everything written to the new one.
 * @returns bytes written to the master that received less
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

/** A server's replication offset: bytes of writes so far, counted even without replicas. */
async function written(server: RedisServer): Promise<number> {
  const info = String(await server.command('INFO', 'replication'));
  return Number(/^master_repl_offset:(\d+)/m.exec(info)?.[1] ?? 0);
}
