import type { DataSource } from 'typeorm';
import { rows } from '../../platform/postgres/rows.js';
import { parseLeaf } from '../formats/leaf.js';
import { leavesBetween } from '../log/stored-leaves.js';
import { CampaignReplay } from './campaign-replay.js';
import type { KeptReplays } from './kept-replays.js';
import { OpenCampaign } from './open-campaign.js';

/**
 * Replays every campaign that takes leaves, from what the log holds since the first of them began. One whose leaves
 * cannot be read, or break its rules, has a fault; it keeps no other from going on.
 * @param size of the log
 * @param kept where to go on from, if the log begins with it; null to read all
 * @param stop ends it: a long log takes its time
 * @throws the reason of `stop`, once it fires
 */
export async function readOpenCampaigns(
  source: DataSource,
  size: number,
  kept: KeptReplays | null,
  stop: AbortSignal,
): Promise<Map<string, OpenCampaign>> {
  const found = await rows<{ id: string; first: number }>(
    source,
    `SELECT campaign_id AS id, first_index::float8 AS first FROM log_campaigns WHERE standing = 'open'`,
  );
  const begun = found.map(({ id, first }) => {
    const replay = kept?.replayOf(id);
    const from = kept && replay ? kept.tree.size : first;
    return { campaign: new OpenCampaign(id, replay ?? new CampaignReplay()), from };
  });
  const campaigns = new Map(begun.map((one) => [one.campaign.id, one]));
  const first = begun.reduce((least, { from }) => Math.min(least, from), size);
  for await (const page of leavesBetween(source, first, size)) {
    stop.throwIfAborted();
    for (const { index, campaignId, line } of page) {
      const { campaign, from = 0 } = campaigns.get(campaignId ?? '') ?? {};
      if (campaign?.fault === null && index >= from) campaign.attempt(() => replayLeaf(campaign, line));
    }
  }
  return new Map(begun.map(({ campaign }) => [campaign.id, campaign]));
}

function replayLeaf({ replay, id }: OpenCampaign, line: string): void {
  const leaf = parseLeaf(line);
  if (leaf.kind === 'log') return;
  const refusal = replay.justify(leaf);
  if (refusal !== null) throw new Error(`The log of ${id} breaks its own rules: ${refusal} (${line})`);
  replay.apply(leaf);
}
