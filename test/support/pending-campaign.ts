import type { Client, NewCampaign } from './client.js';
import type { World } from './world.js';

/** A campaign in which users 1 to `capacity` hold all slots and are not paid yet, as after a rush without a ring. */
export async function pendingCampaign(world: World, client: Client, campaign: NewCampaign): Promise<void> {
  await client.createCampaign({ waitingCapacity: 0, ...campaign });
  await world.rows(
    `INSERT INTO user_grants (campaign_id, user_id, grant_seq, arrival_no, created_at)
     SELECT $1, n, n, n, now() FROM generate_series(1, $2::int) AS n`,
    [campaign.id, campaign.capacity],
  );
  // The next process that opens the gate builds it from these rows.
  await world.redis.unlink(`grant:{${campaign.id}}:facts`);
}
