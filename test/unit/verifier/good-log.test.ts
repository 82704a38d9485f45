import { formatVerifierKey, makeSignerKey } from '../../../src/transparency/formats/note-key.js';
import { CAMPAIGN, goodLog, SEEN_BEFORE_OPENING_MS } from '../../support/log-kit/good-log.js';
import { LOG_KEY, POLICY, SignedLog } from '../../support/log-kit/signed-log.js';
import { namesIn, verifyText } from '../../support/log-kit/verify-text.js';

describe('the verifier, of an honest log', () => {
  const log = new SignedLog(goodLog());
  const seenBeforeOpening = log.checkpoint(10, { seenAtMs: SEEN_BEFORE_OPENING_MS });

  it('calls it proven, and counts what became of everybody', async () => {
    const verdict = await verifyText(
      log.proof(CAMPAIGN, [seenBeforeOpening, log.checkpoint(22), log.checkpoint()]),
      {
        policy: POLICY,
      },
    );
    expect(namesIn(verdict)).toEqual([]);
    expect(verdict.conclusion).toBe('proven');
    expect(verdict.notes).toEqual([]); // the policy names the key of the log
    const [campaign] = verdict.campaigns;
    expect(campaign).toMatchObject({
      campaign: CAMPAIGN,
      phase: 'ended',
      counts: { arrivals: 9, paid: 4, failed: 2, left: 1, ended: 2 },
      failures: { 'wallet-closed': 1, regranted: 1, revoked: 0 },
      lost: 2,
      holding: 0,
      waiting: 0,
    });
    expect(campaign?.picture?.people).toBe(9);
  });

  it('says so when nothing that the reader brought names the key of the log', async () => {
    const policy = POLICY.replace(/^log .*\n/, '');
    const verdict = await verifyText(log.proof(CAMPAIGN), { policy });
    expect(verdict).toMatchObject({ conclusion: 'proven', notes: ['key-from-the-source'] });
  });

  it('does not judge it by a policy about other logs', async () => {
    const other = formatVerifierKey(makeSignerKey(LOG_KEY.name, new Uint8Array(32).fill(9)));
    const policy = POLICY.replace(/^log .*/, `log ${other}`);
    await expect(verifyText(log.proof(CAMPAIGN), { policy })).rejects.toThrow(
      'The policy is about other logs',
    );
  });

  it('calls it proven so far at every size that was signed on the way', async () => {
    for (let size = 12; size < log.leaves.length; size++) {
      const part = new SignedLog(log.leaves.slice(0, size));
      const verdict = await verifyText(part.proof(CAMPAIGN, [seenBeforeOpening, part.checkpoint()]));
      expect([size, ...namesIn(verdict), verdict.conclusion]).toEqual([size, 'proven']);
    }
  });

  it('compares it with a checkpoint that somebody else was shown', async () => {
    const verdict = await verifyText(log.proof(CAMPAIGN), { also: [log.checkpoint(20)] });
    expect(verdict.conclusion).toBe('proven');
  });

  it('does not call proven what it can not compare: a checkpoint in what the file hides', async () => {
    const verdict = await verifyText(log.proof(CAMPAIGN), { also: [log.checkpoint(5)] });
    expect(verdict).toMatchObject({ conclusion: 'not-proven', reasons: ['not-compared'] });
  });
});
