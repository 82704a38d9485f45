import { setTimeout as sleep } from 'node:timers/promises';
import { claimsPath } from '../../deployment.js';
import type { Looks } from '../../generator/generator-messages.js';
import type { LoadGenerator } from '../../generator/load-generator.js';
import type { Measuring } from '../family.js';
import type { Stage } from '../stage.js';
import { startingWith } from '../turns.js';
import { rateOf } from '../volleys.js';

const campaign = 'waiting';
/** Those of a proxy: the pages' own connections are not what is measured. */
const connections = 256;
/** Who claimed first is told to come back soon: after this time, in seconds, the pages have spread. */
const settling = 4;

/**
 * People who wait in a line and have left the claim page open: what their looks cost, and claims in another campaign
 * while they look, and while they do not.
 */
export async function measureOpenPages(measuring: Measuring, stage: Stage): Promise<void> {
  const { arena, book, pages, rounds, settings, say } = measuring;
  say(`${pages.toLocaleString('en')} people claim and leave the page open …`);
  const generator = arena.addGenerator();
  await openPages(measuring, stage, generator);
  for (let round = 1; round <= rounds; round++) {
    say(`Open pages, round ${round} of ${rounds} …`);
    const hidden = await cpuDuring(stage, settings.seconds);
    await generator.showPages();
    const shown = await cpuDuring(stage, settings.seconds);
    const looks = await generator.hidePages();
    const count = judged(measuring, looks, ['200', '304']);
    book.write('looks', 'ours', round, count / settings.seconds);
    book.write('look-p99', 'ours', round, looks.latencyMs.p99);
    if (hidden !== undefined && shown !== undefined && count > 0) {
      book.write('look-cpu', 'ours', round, (shown - hidden) / count);
      book.write('page-cpu', 'ours', round, (shown - hidden) / settings.seconds / pages);
    }
    const rates = new Map<boolean, number>();
    for (const areOpen of startingWith([true, false], round - 1)) {
      if (areOpen) await generator.showPages();
      rates.set(areOpen, rateOf(await stage.rush({ by: 'cookie' })));
      if (areOpen) judged(measuring, await generator.hidePages(), ['200', '304']);
    }
    const [open = NaN, closed = NaN] = [rates.get(true), rates.get(false)];
    book.write('claims-pages-open', 'ours', round, open);
    book.write('claims-pages-closed', 'ours', round, closed);
    book.write('claims-pages-share', 'ours', round, open / closed);
  }
}

async function cpuDuring(stage: Stage, seconds: number): Promise<number | undefined> {
  const before = await stage.cpu();
  await sleep(seconds * 1_000);
  const after = await stage.cpu();
  return before === undefined || after === undefined ? undefined : after - before;
}

/** One person has the only slot and is not paid, so that the others go on waiting. */
async function openPages(measuring: Measuring, stage: Stage, generator: LoadGenerator): Promise<void> {
  const { pages } = measuring;
  await stage.deployment.createCampaign(campaign, 1, pages);
  await stage.deployment.stopPayouts(campaign);
  const { first: firstUser } = stage.users(pages);
  const order = { origin: stage.origin, path: claimsPath(campaign), firstUser, pages, connections };
  judged(measuring, await generator.claimPages(order), ['202']);
  await generator.showPages();
  await sleep(settling * 1_000);
  judged(measuring, await generator.hidePages(), ['200', '304']);
}

/** Adds remarks about answers that were not expected. @returns how many were answered */
function judged({ remarks }: Measuring, { statuses, silent }: Looks, expected: readonly string[]): number {
  for (const [status, count] of Object.entries(statuses))
    if (!expected.includes(status)) remarks.add(`${count} requests of pages were answered ${status}.`);
  if (silent > 0) remarks.add(`${silent} requests of pages were not answered.`);
  return Object.values(statuses).reduce((sum, count) => sum + count, 0);
}
