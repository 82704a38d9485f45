import { utf8 } from '../../../src/transparency/formats/bytes.js';
import { formatVerifierKey, makeSignerKey } from '../../../src/transparency/formats/note-key.js';
import { cosign, formatNote, parseNote, signNote } from '../../../src/transparency/formats/signed-note.js';
import { parseReceipt } from '../../../verification/verifier/receipts/receipt.js';
import { CAMPAIGN, goodLog } from '../../support/log-kit/good-log.js';
import { promise, soldOut } from '../../support/log-kit/receipts.js';
import { LOG_KEY, SignedLog, WITNESSES } from '../../support/log-kit/signed-log.js';
import { verifyText } from '../../support/log-kit/verify-text.js';

/** What an operator, who has the key of the log, could hand out in the hope that readers disagree about it. */

const good = new SignedLog(goodLog());
const unusable = (sentence: string) =>
  expect.objectContaining({ name: 'UnusableInput', message: expect.stringContaining(sentence) as string });

/** The good proof, with another second line. */
function withHead(change: (head: string) => string): string {
  const [format, head = '', ...tree] = good.proof(CAMPAIGN).split('\n');
  return [format, change(head), ...tree].join('\n');
}

describe('the head of a proof', () => {
  it.each([
    ['a member twice', (head: string) => `${head.slice(0, -1)},"campaign":"other"}`],
    ['a member twice, of which the first is false', (head: string) => `{"policy":null,${head.slice(1)}`],
    ['spaces', (head: string) => head.replace('":"', '": "')],
  ])('that has %s is refused: programs read different things in it', async (_, change) => {
    await expect(verifyText(withHead(change))).rejects.toThrow(unusable('another form than its one'));
  });

  it('whose policy is about another log is refused', async () => {
    const other = formatVerifierKey(makeSignerKey('other.example/log', new Uint8Array(32).fill(8)));
    const changed = withHead((head) => head.replace(/"log [^ ]+?\\n/, `"log ${other}\\n`));
    await expect(verifyText(changed)).rejects.toThrow(unusable('about other logs'));
  });

  it('that is preceded by a byte order mark is no proof', async () => {
    await expect(verifyText(`\ufeff${good.proof(CAMPAIGN)}`)).rejects.toThrow(
      unusable('does not begin with'),
    );
  });
});

describe('the checkpoints of a proof', () => {
  const last = good.checkpoint();

  it('that do not rise are refused', async () => {
    for (const all of [
      [last, good.checkpoint(20)],
      [good.checkpoint(20), good.checkpoint(20), last],
    ])
      await expect(verifyText(good.proof(CAMPAIGN, all))).rejects.toThrow(
        unusable('in order of their sizes'),
      );
  });

  it('of which an earlier one is not signed by the log prove nothing', async () => {
    const stranger = makeSignerKey(LOG_KEY.name, new Uint8Array(32).fill(9));
    const proof = good.proof(CAMPAIGN, [good.checkpoint(20, { key: stranger }), last]);
    expect(await verifyText(proof)).toMatchObject({ conclusion: 'not-proven', reasons: ['not-signed'] });
  });

  it('of which one ends within a subtree that is not shown are refused', async () => {
    const hidden = good.checkpoint(3);
    await expect(verifyText(good.proof(CAMPAIGN, [hidden, last]))).rejects.toThrow(unusable('is not shown'));
  });

  it('with a fourth line are refused', async () => {
    const text = `${parseNote(last).text}and more\n`;
    const signed = formatNote({ text, signatures: [signNote(text, LOG_KEY)] });
    await expect(verifyText(good.proof(CAMPAIGN, [signed]))).rejects.toThrow(unusable('its three'));
  });

  it.each([253_402_300_800, 2 ** 53, 2 ** 60, 2 ** 63])(
    'count no cosignature of a time that no calendar has: %i s',
    async (seconds) => {
      const { text } = parseNote(last);
      const cosignatures = WITNESSES.map((witness) => cosign(text, seconds, witness));
      const signed = formatNote({ text, signatures: [signNote(text, LOG_KEY), ...cosignatures] });
      expect(await verifyText(good.proof(CAMPAIGN, [signed]))).toMatchObject({
        ...{ conclusion: 'not-proven', reasons: ['too-few-witnesses'], cosignatures: [], violations: [] },
      });
    },
  );
});

describe('a receipt', () => {
  const promised = promise({ arrivalNo: 4, epoch: 1, createdAtMs: 1 });
  /** The promise, with another `extra`. */
  const opened = (change: (extra: Record<string, string>) => object): string =>
    promised.replace(/^extra (.*)$/m, (_, extra: string) => {
      const told = JSON.parse(Buffer.from(extra, 'base64').toString()) as Record<string, string>;
      return `extra ${Buffer.from(utf8(JSON.stringify(change(told)))).toString('base64')}`;
    });

  it('that opens as another user by a newline within the nonce is none', () => {
    const nonce = Buffer.from('0123456789abcd').toString('base64');
    const shifted = opened((extra) => ({ ...extra, userId: '1004\nx', nonce }));
    expect(() => parseReceipt(shifted)).toThrow(unusable('names no user by a number'));
  });

  it.each(['01004', '１００４', '1e3', '-1', ''])('of the user id %j is none', (userId) => {
    expect(() => parseReceipt(opened((extra) => ({ ...extra, userId })))).toThrow(unusable('no user'));
  });

  it('whose leaf writes a number in another form is none', () => {
    const other = opened((extra) => ({ ...extra, leaf: extra.leaf?.replace(' 4 1 ', ' 4 01 ') }));
    expect(() => parseReceipt(other)).toThrow(unusable('which claim'));
    expect(() => parseReceipt(soldOut(7).replace(' 1 7 ', ' 1 07 '))).toThrow(unusable('no receipt'));
  });
});
