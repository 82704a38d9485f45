import fc from 'fast-check';
import { formatLeaf } from '../../../../src/transparency/formats/leaf.js';
import { restoredLeaves } from '../../../../src/transparency/restoring/restored-leaves.js';
import { CampaignReplay } from '../../../../src/transparency/sequencer/campaign-replay.js';
import { anyLoss, campaignLeaves, setBackLogs } from '../../../support/log-kit/set-back-logs.js';
import { SignedLog } from '../../../support/log-kit/signed-log.js';
import { namesIn, verifyText } from '../../../support/log-kit/verify-text.js';

/** The names of what the verifier finds. */
async function found(leaves: readonly string[]): Promise<string[]> {
  const signed = new SignedLog(leaves);
  const proof = signed.proof('any', [signed.checkpoint(undefined, { witnesses: [] })]);
  const names = namesIn(await verifyText(proof, { policy: 'quorum none\n' }));
  return names.filter((name) => name !== 'terms-after-opening');
}

it('keeps one history that breaks no rule but the promise, whatever was lost, and also twice', async () => {
  await fc.assert(
    fc.asyncProperty(anyLoss, async (loss) => {
      const { once, twice, takenBackOnce, takenBackTwice } = setBackLogs(loss);
      expect(twice.filter((leaf) => leaf.startsWith('v1 stopped'))).toEqual([]);
      expect(await found(once)).toEqual(takenBackOnce.length > 0 ? ['broken-promise'] : []);
      expect(await found(twice)).toEqual(takenBackTwice.length > 0 ? ['broken-promise'] : []);
    }),
    { numRuns: 80 },
  );
});

it('takes nothing of earlier people back', () => {
  const replay = new CampaignReplay();
  const lines = [
    'v1 terms any 2 2 10 KRW - - keep - AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= 1',
    'v1 epoch any 1 0 1',
    ...[1, 2, 3].map((no) => `v1 claim any 1 ${no} 1 ${no < 3 ? no : '-'} ${'B'.repeat(42)}A=`),
    'v1 failed any 1 1 wallet-closed - 2',
    'v1 promote any 3 1 2',
  ];
  for (const leaf of campaignLeaves(lines)) replay.apply(leaf);
  const leaves = restoredLeaves(replay, { campaign: 'any', from: 3, again: [], atMs: 5 });
  expect(leaves.map(formatLeaf)).toEqual(['v1 restored any 3 3 5']);
  expect(replay.nextArrivalNo).toBe(3);
  expect(
    replay.has({
      kind: 'failed',
      campaign: 'any',
      arrivalNo: 1,
      slot: 1,
      reason: 'wallet-closed',
      reference: null,
      atMs: 2,
    }),
  ).toBe(true);
});
