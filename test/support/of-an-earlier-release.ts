import type { World } from './world.js';

/** Makes a campaign that nobody has paid yet one of an earlier release: it names no provider. */
export async function ofAnEarlierRelease(world: World, campaignId: string): Promise<void> {
  const session = await world.pg.connect();
  try {
    await session.query('BEGIN');
    await session.query('ALTER TABLE campaigns DISABLE TRIGGER campaigns_provider_is_fixed');
    await session.query('UPDATE campaigns SET payout_provider = NULL WHERE id = $1', [campaignId]);
    await session.query('ALTER TABLE campaigns ENABLE TRIGGER campaigns_provider_is_fixed');
    await session.query('COMMIT');
  } finally {
    session.release();
  }
}
