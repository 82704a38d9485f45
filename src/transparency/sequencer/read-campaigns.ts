import type { DataSource } from 'typeorm';
import { rows } from '../../platform/postgres/rows.js';
import { parseLeaf } from '../formats/leaf.js';
import { leavesBetween } from '../log/stored-leaves.js';
import { CampaignReplay } from './campaign-replay.js';
import { OpenCampaign } from './open-campaign.js';

/**
 * Replays every campaign that takes leaves, from what the log holds since the first of them began. One whose leaves
 * cannot be read, or break its rules, has a fault; it keeps no other from going on.
 * @param size of the log
 * @param stop ends it: a long log takes its time
 * @throws the reason of `stop`, once it fires
 */
export async function readOpenCampaigns(
  source: DataSource,
  size: number,
  stop: AbortSignal,
): Promise<Map<string, OpenCampaign>> {
  const found = await rows<{ id: string; first: number }>(
    source,
    `SELECT campaign_id AS id, first_index::float8 AS first FROM log_campaigns WHERE standing = 'open'`,
  );
  const campaigns = new Map(found.map(({ id }) => [id, new OpenCampaign(id, new CampaignReplay())]));
  const first = Math.min(size, ...found.map(({ first: index }) => index));
  for await (const page of leavesBetween(source, first, size)) {
    stop.throwIfAborted();
    for (const { campaignId, line } of page) {
      const campaign = campaignId === null ? undefined : campaigns.get(campaignId);
      if (campaign?.fault === null) campaign.attempt(() => replayLeaf(campaign, line));
    }
  }
  return campaigns;
}

function replayLeaf({ replay, id }: OpenCampaign, line: string): void {
  const leaf = parseLeaf(line);
  if (leaf.kind === 'log') return;
  const refusal = replay.justify(leaf);
  if (refusal !== null) throw new Error(`The log of ${id} breaks its own rules: ${refusal} (${line})`);
  replay.apply(leaf);
}
