import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Measuring } from '../family.js';
import type { RushTerms, Stage } from '../stage.js';
import { startingWith } from '../turns.js';
import { rateOf } from '../volleys.js';
import type { PublishedLog } from './published-log.js';
import { verifyProof } from './verifying.js';

const people = 10_000;
/** An answer with a receipt is longer by more than this, in bytes. */
const shortestReceipt = 300;
const settlingMs = 1_000;
const megabyte = 1_000_000;

/** A claim leaves one leaf, and so does its payment. */
export const leavesEach = 2;

/** The service with its log, and without one. */
export interface Stages {
  readonly off: Stage;
  readonly on: Stage;
  readonly log: PublishedLog;
}

type Way = 'off' | 'on' | 'receipt';

/** A rush in one of the ways. */
interface Rushed {
  readonly rate: number;
  /** ms */
  readonly p99: number;
  /** µs per claim, until everybody is paid and in the published log; undefined if it is not known. */
  readonly cpu: number | undefined;
  readonly bytesEach: number;
}

/**
 * Claims with the log and without it, and with receipts asked for. After each rush its last leaf is waited for, so that
 * nothing of it is left to do during the next. The proofs of these campaigns are checked.
 * @param proofFile where each proof is saved
 */
export async function measureClaimCost(
  measuring: Measuring,
  stages: Stages,
  proofFile: string,
): Promise<void> {
  const { book, rounds, settings, remarks, say } = measuring;
  const ways: readonly Way[] = ['off', 'on', 'receipt'];
  const proof = { bytes: NaN, stored: NaN };
  const saveProof = async (id: string): Promise<void> => {
    await stages.log.saveProof(id, proofFile);
    proof.bytes = (await stat(proofFile)).size;
  };
  for (const way of ways) await rush(stages, way); // warms up
  for (let round = 1; round <= rounds; round++) {
    say(`Claims with and without the log, round ${round} of ${rounds} …`);
    const rushed = new Map<Way, Rushed>();
    for (const way of startingWith(ways, round - 1)) {
      const before = await stages.on.deployment.logBytes();
      rushed.set(way, await rush(stages, way, saveProof));
      if (way === 'on') proof.stored = (await stages.on.deployment.logBytes()) - before;
    }
    const [off, on, receipt] = ways.map((way) => rushed.get(way));
    if (!off || !on || !receipt) continue;
    const write = (figure: string, value: number | undefined): void => {
      if (value !== undefined && Number.isFinite(value)) book.write(figure, 'ours', round, value);
    };
    write('claims-log-off', off.rate);
    write('claims-log-on', on.rate);
    write('claims-log-share', on.rate / off.rate);
    write('log-off-p99', off.p99);
    write('log-on-p99', on.p99);
    write('claims-receipt', receipt.rate);
    write('claims-receipt-share', receipt.rate / on.rate);
    write('log-off-cpu', off.cpu);
    write('log-on-cpu', on.cpu);
    write('receipt-cpu', receipt.cpu);
    write('receipt-bytes', receipt.bytesEach - on.bytesEach);
    if (receipt.bytesEach - on.bytesEach < shortestReceipt)
      remarks.add('Receipts were asked for and not given.');
    write('proof-size', ((proof.bytes / settings.capacity) * people) / megabyte);
    write('stored-size', ((proof.stored / settings.capacity) * people) / megabyte);
    const verified = await verifyProof(measuring, proofFile);
    write('verify-rush', verified.seconds);
    write('verify-rush-peak', verified.peakMb);
  }
}

async function rush(
  { off, on, log }: Stages,
  way: Way,
  afterwards: (campaignId: string) => Promise<void> = () => Promise.resolve(),
): Promise<Rushed> {
  let [from, startedWith, endedWith]: [number, number | undefined, number | undefined] = [0, 0, 0];
  const stage = way === 'off' ? off : on;
  const terms: RushTerms = {
    ...(way === 'receipt' ? { headers: { prefer: 'receipt' } } : {}),
    before: async ({ id }) => {
      if (way !== 'off') await log.untilKnown(id);
      await sleep(settlingMs);
      from = way === 'off' ? 0 : await log.size();
      startedWith = await stage.cpu();
    },
    after: async ({ id }, _, { statuses }) => {
      if (way !== 'off') await log.untilSize(from + leavesEach * (statuses[202] ?? 0));
      endedWith = await stage.cpu();
      if (way === 'on') await afterwards(id);
    },
  };
  const hits = await stage.rush(terms);
  const cpu = startedWith === undefined || endedWith === undefined ? undefined : endedWith - startedWith;
  return {
    rate: rateOf(hits),
    p99: hits.latencyMs.p99,
    cpu: cpu && cpu / (hits.statuses[202] ?? 0),
    bytesEach: hits.bytesEach,
  };
}
