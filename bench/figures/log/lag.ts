import { summedUp } from '../../generator/latencies.js';
import type { Measuring } from '../family.js';
import { leavesEach, type Stages } from './claim-cost.js';
import { linesOf, proofClaims } from './proof-claims.js';
import { PublicationWatch } from './publication-watch.js';

/** The rush has this many times the usual claims, so that it lasts for several rounds of the sequencer. */
const factor = 3;

/**
 * From a claim to the first published checkpoint that holds it, in a rush.
 * @param proofFile where the proof is saved
 */
export async function measureLag(
  measuring: Measuring,
  { on, log }: Stages,
  proofFile: string,
): Promise<void> {
  const { book, rounds, settings, remarks, say } = measuring;
  for (let round = 1; round <= rounds; round++) {
    say(`Lag of the log in a rush, round ${round} of ${rounds} …`);
    let from = 0;
    const watch = new PublicationWatch(log);
    await on.rush({
      capacity: settings.capacity * factor,
      before: async ({ id }) => {
        await log.untilKnown(id);
        from = await log.size();
      },
      after: async ({ id }, _, { statuses }) => {
        await log.untilSize(from + leavesEach * (statuses[202] ?? 0));
        await watch.stop();
        await log.saveProof(id, proofFile);
      },
    });
    const claims = await proofClaims(linesOf(proofFile));
    const lags = claims.flatMap(({ index, createdAtMs }) => {
      const seenAt = watch.seenAt(index);
      return seenAt === undefined ? [] : [(seenAt - createdAtMs) / 1_000];
    });
    if (lags.length < settings.capacity * factor)
      remarks.add(`Only ${lags.length} of ${settings.capacity * factor} claims were seen in the log.`);
    const { p50, p99 } = summedUp(lags);
    book.write('log-lag-p50', 'ours', round, p50);
    book.write('log-lag-p99', 'ours', round, p99);
  }
}
