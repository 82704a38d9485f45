import { parseLeaf } from '../../../../src/transparency/formats/leaf.js';
import { type CampaignLeaf, CampaignReplay } from '../../../../src/transparency/sequencer/campaign-replay.js';
import { BEFORE_CLOSING, CLOSINGS, TOLD_AN_END } from '../../../support/log-kit/closing-vectors.js';
import { CAMPAIGN } from '../../../support/log-kit/good-log.js';
import { LOG_LEAF, SignedLog } from '../../../support/log-kit/signed-log.js';
import { namesIn, verifyText } from '../../../support/log-kit/verify-text.js';

const read = (line: string): CampaignLeaf => parseLeaf(line) as CampaignLeaf;

describe.each(CLOSINGS)('somebody who waits is told an end after %s', (_, states, isAllowed) => {
  const leaves = [...BEFORE_CLOSING, ...states];

  it('as the sequencer sees it', () => {
    const replay = new CampaignReplay();
    for (const line of leaves) {
      expect([line, replay.justify(read(line))]).toEqual([line, null]);
      replay.apply(read(line));
    }
    expect(replay.justify(read(TOLD_AN_END)) === null).toBe(isAllowed);
  });

  it('as the verifier sees it', async () => {
    const names = namesIn(
      await verifyText(new SignedLog([LOG_LEAF, ...leaves, TOLD_AN_END]).proof(CAMPAIGN)),
    );
    expect(names.includes('ended-too-early')).toBe(!isAllowed);
  });
});
