import { eventually } from './eventually.js';
import type { World } from './world.js';

/** Waits until a session of this world's database waits for a lock. */
export async function expectSomebodyWaits(world: World): Promise<void> {
  await eventually(async () => {
    const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    expect(await world.rows(waiting)).not.toHaveLength(0);
  });
}
