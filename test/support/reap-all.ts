import { ReaperService } from '../../src/reaper/reaper.service.js';
import type { RunningApp, World } from './world.js';

/** Runs a round of this worker's reaper over all campaigns that are not finished, whether due or not. */
export async function reapAll(world: World, { app }: RunningApp): Promise<void> {
  await world.rows(`UPDATE campaign_upkeep SET next_look_at = now()`);
  await app.get(ReaperService).runRound();
}
