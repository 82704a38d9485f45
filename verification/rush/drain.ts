import { setTimeout as sleep } from 'node:timers/promises';
import type { AdminApi, CampaignStats } from './admin-api.js';

/**
 * Unfinished work of a killed process is completed only after its lease (30 s) expires, and again if the next process
 * is killed: several leases and looks of the reaper.
 */
const drainDeadlineMs = 180_000;
/** Several looks of a reaper that runs every 5 s. */
const endDeadlineMs = 30_000;
const pollMs = 250;

/** Whether all payouts are made: nothing is in progress, and nobody waits while a slot is free. */
function isDrained({ capacity, postgres, gate }: CampaignStats): boolean {
  const nothingUnderWay =
    postgres.pending === 0 && gate.processing === 0 && gate.waiting === postgres.waiting;
  return nothingUnderWay && (postgres.success === capacity || postgres.waiting === 0);
}

async function poll(
  api: AdminApi,
  campaignId: string,
  isDone: (stats: CampaignStats) => boolean,
  deadlineMs: number,
  onLook: (stats: CampaignStats) => void,
): Promise<CampaignStats | undefined> {
  const giveUpAt = performance.now() + deadlineMs;
  for (;;) {
    const stats = await api.stats(campaignId);
    onLook(stats);
    if (isDone(stats)) return stats;
    if (performance.now() > giveUpAt) return undefined;
    await sleep(pollMs);
  }
}

/**
 * Waits until all payouts are made.
 * @returns a violation if that takes too long
 */
export async function waitForDrain(
  api: AdminApi,
  campaignId: string,
  onLook: (stats: CampaignStats) => void,
): Promise<string[]> {
  const drained = await poll(api, campaignId, isDrained, drainDeadlineMs, onLook);
  return drained ? [] : [`P8 every accepted grant ends: not within ${drainDeadlineMs / 1_000} s`];
}

/**
 * Closes the campaign and waits until nobody waits any more.
 * @returns a violation if that takes too long
 */
export async function endCampaign(
  api: AdminApi,
  campaignId: string,
  onLook: (stats: CampaignStats) => void,
): Promise<string[]> {
  await api.closeCampaign(campaignId);
  const isOver = ({ postgres, gate }: CampaignStats): boolean => postgres.waiting === 0 && gate.waiting === 0;
  const ended = await poll(api, campaignId, isOver, endDeadlineMs, onLook);
  return ended ? [] : [`P8 the line is told that the campaign ended: not within ${endDeadlineMs / 1_000} s`];
}
