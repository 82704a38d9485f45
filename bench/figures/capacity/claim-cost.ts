import { claimOnce, type Place, untilPaid } from '../volleys.js';
import type { Measuring } from '../family.js';

/** The large campaign has this many times the slots of the small one. */
const factor = 100;
const warmUpUsers = 1_000;

/**
 * CPU cost of a claim in a campaign and in one with a hundred times its slots: the same number of claims in each, one
 * campaign after the other. Includes the CPU of PostgreSQL and Redis, and everything until the last payout.
 */
export async function measureClaimCost(measuring: Measuring): Promise<void> {
  const { arena, book, rounds, settings, say } = measuring;
  const deployment = await arena.deploy('claim-cost');
  const unit = await arena.addTo(deployment, 'all');
  const { origin } = unit;
  const claims = settings.capacity;
  let nextUser = 1;
  const cpuPerClaim = async (place: Place, count: number): Promise<number | undefined> => {
    const users = { first: nextUser, count };
    nextUser += count;
    const paidBefore = await deployment.paidOut(place.id, place.capacity);
    const before = await arena.serverCpu(unit);
    const { statuses } = await claimOnce(measuring, place, users);
    const accepted = statuses[202] ?? 0;
    await untilPaid(deployment, place, paidBefore + accepted);
    const after = await arena.serverCpu(unit);
    return before === undefined || after === undefined ? undefined : (after - before) / accepted;
  };
  const campaign = async (id: string, capacity: number): Promise<Place> => {
    await deployment.createCampaign(id, capacity);
    return { id, capacity, origin };
  };

  // Every round uses up part of the large campaign, so its size limits the rounds.
  const large = await campaign('large', Math.min(1_000_000, claims * factor));
  await cpuPerClaim(await campaign('warm-up', warmUpUsers), warmUpUsers);
  const affordable = Math.min(rounds, Math.floor(large.capacity / claims));
  for (let round = 1; round <= affordable; round++) {
    say(`Cost of a claim, round ${round} of ${affordable} …`);
    const small = await campaign(`small-${round}`, claims);
    const inTurn = round % 2 === 1 ? [small, large] : [large, small];
    const costs = new Map<Place, number | undefined>();
    for (const place of inTurn) costs.set(place, await cpuPerClaim(place, claims));
    const [ofSmall, ofLarge] = [costs.get(small), costs.get(large)];
    await deployment.closeCampaign(small.id);
    if (!ofSmall || !ofLarge) continue;
    book.write('claim-cpu-1x', 'ours', round, ofSmall);
    book.write(`claim-cpu-${factor}x`, 'ours', round, ofLarge);
    book.write('claim-cpu-growth', 'ours', round, ofLarge / ofSmall);
  }
}
