import type { Measuring } from '../family.js';
import { untilFirstClaim } from '../first-claim.js';
import { type Effort, msPer100000, unevenness } from '../linearity.js';
import { claimOnce } from '../volleys.js';
import { claimsPath } from '../../deployment.js';

/** Multiples of the usual campaign's slots. A quick run omits the last. */
export const gateFactors = [10, 20, 40, 100] as const;
/** Share of slots that are claimed when the gate is rebuilt. */
const claimedShare = 0.1;

/**
 * How long it takes to create a campaign (from its POST until it has served a first claim) and to rebuild its gate
 * (from an empty Redis until a claim is served). No worker runs, so no reaper rebuilds gates meanwhile.
 */
export async function measureGateTimes(measuring: Measuring): Promise<void> {
  const { arena, book, rounds, settings, isQuick, say } = measuring;
  const deployment = await arena.deploy('gate-times');
  const { origin } = await arena.addTo(deployment, 'api');
  const factors = isQuick ? gateFactors.slice(0, -1) : gateFactors;
  let nextUser = 1;
  const firstClaim = async (id: string): Promise<number> => {
    const token = deployment.tokenOf(nextUser++);
    const startedAt = performance.now();
    return (await untilFirstClaim(`${origin}${claimsPath(id)}`, token)) - startedAt;
  };
  const create = async (id: string, slots: number): Promise<Effort> => {
    const [, ms] = await Promise.all([deployment.createCampaign(id, slots), firstClaim(id)]);
    return { slots, ms };
  };
  const rebuild = async (id: string, slots: number): Promise<Effort> => {
    await deployment.redis.flushdb('SYNC');
    return { slots, ms: await firstClaim(id) };
  };
  const write = (what: string, round: number, efforts: readonly Effort[]): void => {
    for (const [index, effort] of efforts.entries())
      book.write(`${what}-${factors[index]}x`, 'ours', round, msPer100000(effort));
    book.write(`${what}-unevenness`, 'ours', round, unevenness(efforts));
  };

  await create('warm-up', settings.capacity);
  const sizes = factors.map((factor) => settings.capacity * factor).filter((slots) => slots <= 1_000_000);
  for (let round = 1; round <= rounds; round++) {
    say(`Creating and rebuilding gates, round ${round} of ${rounds} …`);
    const created: Effort[] = [];
    for (const slots of sizes) created.push(await create(`of-${slots}-${round}`, slots));
    write('create', round, created);
    if (round === 1) {
      for (const slots of sizes) {
        const count = Math.floor(slots * claimedShare);
        await claimOnce(
          measuring,
          { id: `of-${slots}-1`, capacity: slots, origin },
          { first: nextUser, count },
        );
        nextUser += count;
      }
    }
    const rebuilt: Effort[] = [];
    for (const slots of sizes) rebuilt.push(await rebuild(`of-${slots}-1`, slots));
    write('rebuild', round, rebuilt);
  }
}

/** Times the slots of the usual campaign: all of them claimed. */
const fullFactor = 100;
/** Share of the slots: so many people wait as well. */
const waitingShare = 0.1;

/**
 * How long it takes to rebuild the gate of a large campaign whose slots are all claimed, with people in line: from an
 * empty Redis until a claim is served. Until then, its claims are answered 503.
 */
export async function measureFullRebuild(measuring: Measuring): Promise<void> {
  const { arena, book, rounds, settings, say } = measuring;
  const deployment = await arena.deploy('full-rebuild');
  const { origin } = await arena.addTo(deployment, 'api');
  const slots = Math.min(1_000_000, settings.capacity * fullFactor);
  const waiting = Math.floor(slots * waitingShare);
  say(`${slots.toLocaleString('en')} people have claimed, ${waiting.toLocaleString('en')} wait …`);
  await deployment.createCampaign('full', slots, waiting);
  await deployment.insertClaims('full', slots, waiting);
  for (let round = 1; round <= rounds; round++) {
    say(`Rebuilding their gate, round ${round} of ${rounds} …`);
    await deployment.redis.flushdb('SYNC');
    const startedAt = performance.now();
    const servedAt = await untilFirstClaim(`${origin}${claimsPath('full')}`, deployment.tokenOf(1));
    book.write('rebuild-full', 'ours', round, (servedAt - startedAt) / 1_000);
  }
}
