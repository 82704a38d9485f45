import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { testFolder } from '../../../tools/stack/servers/test-folders.js';
import { writeLargeProof } from '../../../verification/sample-log/large-proof.js';
import type { Family, Measuring } from '../family.js';
import { Stage } from '../stage.js';
import { measureClaimCost } from './claim-cost.js';
import { measureLag } from './lag.js';
import { logSettings } from './log-settings.js';
import { PublishedLog } from './published-log.js';
import { measureSequencing } from './sequencing.js';
import { verifyProof } from './verifying.js';

/** What the log of a fair order costs: claims, receipts, the log itself, and those who check it. */
export const log: Family = {
  needsContestants: false,
  figures: [
    { name: 'claims-log-off', unit: '/s', better: 'higher' },
    { name: 'claims-log-on', unit: '/s', better: 'higher' },
    { name: 'claims-log-share', unit: 'x', better: 'higher' },
    { name: 'log-off-p99', unit: 'ms', better: 'lower' },
    { name: 'log-on-p99', unit: 'ms', better: 'lower' },
    { name: 'claims-receipt', unit: '/s', better: 'higher' },
    { name: 'claims-receipt-share', unit: 'x', better: 'higher' },
    { name: 'log-off-cpu', unit: 'µs', better: 'lower' },
    { name: 'log-on-cpu', unit: 'µs', better: 'lower' },
    { name: 'receipt-cpu', unit: 'µs', better: 'lower' },
    { name: 'receipt-bytes', unit: 'B', better: 'lower' },
    { name: 'log-lag-p50', unit: 's', better: 'lower' },
    { name: 'log-lag-p99', unit: 's', better: 'lower' },
    { name: 'sequenced', unit: '/s', better: 'higher' },
    { name: 'proof-size', unit: 'MB', better: 'lower' },
    { name: 'stored-size', unit: 'MB', better: 'lower' },
    { name: 'verify-rush', unit: 's', better: 'lower' },
    { name: 'verify-rush-peak', unit: 'MB', better: 'lower' },
    { name: 'verify-large', unit: 's', better: 'lower' },
    { name: 'verify-large-peak', unit: 'MB', better: 'lower' },
  ],
  targets: [
    { figure: 'claims-log-share', against: 'itself', atLeast: 0.97 },
    { figure: 'log-lag-p99', against: 'itself', atMost: 3 },
    { figure: 'sequenced', against: 'itself', atLeast: 20_000 },
    { figure: 'verify-large-peak', against: 'itself', atMost: 500 },
  ],
  measure,
};

async function measure(measuring: Measuring): Promise<void> {
  const proofFile = join(testFolder, 'a.proof');
  const off = await Stage.start(measuring, 'log-off', {});
  const on = await Stage.start(measuring, 'log-on', await logSettings('log-on'));
  const stages = { off, on, log: new PublishedLog(on.origin) };
  await measureClaimCost(measuring, stages, proofFile);
  await measureLag(measuring, stages, proofFile);
  await measureSequencing(measuring);
  await measureLargeProof(measuring, proofFile);
}

/** A proof of as many people as a day has, which no rush of the bench has; the sample has a line, and failures. */
async function measureLargeProof(measuring: Measuring, proofFile: string): Promise<void> {
  const { book, requests, say } = measuring;
  say(`Checking the proof of ${requests.toLocaleString('en')} people …`);
  writeLargeProof(proofFile, requests);
  const { seconds, peakMb } = await verifyProof(measuring, proofFile);
  book.write('verify-large', 'ours', 1, seconds);
  if (peakMb !== undefined) book.write('verify-large-peak', 'ours', 1, peakMb);
  await rm(proofFile);
}
