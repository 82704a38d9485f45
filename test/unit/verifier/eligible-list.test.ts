import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ELIGIBLE_FORMAT } from '../../../src/transparency/formats/eligible-list.js';
import { exitCodeOf } from '../../../verification/verifier/print-verdict.js';
import { parseReceipt } from '../../../verification/verifier/receipts/receipt.js';
import { aboutList, aboutReceipts } from '../../../verification/verifier/verdict/describe.js';
import type { Verdict } from '../../../verification/verifier/verdict/verdict.js';
import { en } from '../../../verification/verifier/words/en.js';
import { ko } from '../../../verification/verifier/words/ko.js';
import { CAMPAIGN, goodLog } from '../../support/log-kit/good-log.js';
import { LISTED, listed, listedLog, listOf, placeOf, readList } from '../../support/log-kit/listed-log.js';
import { commitmentOf } from '../../support/log-kit/receipts.js';
import { SignedLog } from '../../support/log-kit/signed-log.js';
import { verifyText } from '../../support/log-kit/verify-text.js';

const WRITING = { number: String, time: String };

const log = listedLog(LISTED);

/** Of those who claim in the good log. */
const CLAIMED = 4;

async function check(list: string | null, of = log, receipt?: string): Promise<Verdict> {
  return verifyText(of.proof(CAMPAIGN), {
    list: list === null ? null : await readList(list),
    receipts: receipt === undefined ? [] : [parseReceipt(receipt)],
  });
}

describe('a list that the terms commit to', () => {
  it('shows that everybody who claimed is on it', async () => {
    const verdict = await check(listOf(LISTED));
    expect(verdict).toMatchObject({ conclusion: 'proven', reasons: [] });
    expect(verdict.list).toEqual({ campaign: CAMPAIGN, standing: 'committed', people: LISTED.length });
    expect(verdict.notes).not.toContain('list-not-checked');
    for (const words of [en, ko]) expect(aboutList(verdict, words, WRITING)).toContain('20');
  });

  it('names each claim by somebody who is not on it', async () => {
    const others = LISTED.filter((number) => number !== CLAIMED);
    const verdict = await check(listOf(others), listedLog(others));
    const [campaign] = verdict.campaigns;
    expect(campaign?.violations).toMatchObject([
      {
        name: 'claimant-not-on-the-list',
        count: 1,
        findings: [{ leaves: [{ text: expect.stringContaining(commitmentOf(CLAIMED)) }] }],
      },
    ]);
    expect(exitCodeOf(verdict)).toBe(1);
    expect(aboutList(verdict, en, WRITING)).toBeNull();
  });

  it('is asked for if it was not brought, and the rest stands without it', async () => {
    const verdict = await check(null);
    expect(verdict).toMatchObject({ conclusion: 'proven', list: null });
    expect(verdict.notes).toContain('list-not-checked');
    expect((await check(null, new SignedLog(goodLog(commitmentOf)))).notes).not.toContain('list-not-checked');
  });
});

it('is as docs/transparency.md has it, to the byte', async () => {
  const page = readFileSync(join(__dirname, '../../../docs/transparency.md'), 'utf8');
  const list = listOf([1, 2, 3]);
  expect(page).toContain(`\`\`\`\n${list}\`\`\``);
  expect(page).toContain(`\`eligibleRoot\` of this list is \`${(await readList(list)).root}\`.`);
  const place: unknown = JSON.parse(listed(2, { place: placeOf(2, [1, 2, 3]) }));
  expect(page).toContain(`\`\`\`\n${JSON.stringify(place, null, 2)}\n\`\`\``);
});

describe('a list that the terms do not commit to', () => {
  it.each([
    ['with one more', [...LISTED, 21]],
    ['without one', LISTED.slice(1)],
    ['of nobody', []],
  ])('accuses nobody, and shows nothing: %s', async (_, numbers) => {
    const verdict = await check(listOf(numbers));
    expect(verdict).toMatchObject({ conclusion: 'not-proven', reasons: ['another-list'] });
    expect(aboutList(verdict, en, WRITING)).toBeNull();
  });

  it('shows nothing where they commit to none', async () => {
    const reasons = ['no-such-list'];
    const without = new SignedLog(goodLog(commitmentOf));
    expect(await check(listOf(LISTED), without)).toMatchObject({ conclusion: 'not-proven', reasons });
    expect(await check(listOf(LISTED, 'other'))).toMatchObject({ conclusion: 'not-proven', reasons });
  });

  it.each([
    ['of another form', listOf(LISTED).replace('/v1', '/v2'), 'does not begin with'],
    ['cut off', listOf(LISTED).slice(0, -9), 'cut off'],
    ['with a line that is no commitment', `${listOf(LISTED)}x\n`, 'base64'],
    [
      'in another order',
      [...listOf(LISTED).split('\n').slice(0, 2), commitmentOf(1), commitmentOf(1), ''].join('\n'),
      'ascending',
    ],
  ])('is none if it is %s', async (_, text, sentence) => {
    await expect(readList(text)).rejects.toThrow(
      expect.objectContaining({ name: 'UnusableInput', message: expect.stringContaining(sentence) }),
    );
  });
});

it.each([0, 1, 1_024, 3_000])('of %i people has each of them, and nobody else', async (people) => {
  const [, , ...all] = listOf(Array.from({ length: 2 * people + 1 }, (_, number) => number)).split('\n');
  all.pop();
  const isListed = (place: number): boolean => place % 2 === 1;
  const lines = [ELIGIBLE_FORMAT, CAMPAIGN, ...all.filter((_, place) => isListed(place)), ''];
  const list = await readList(lines.join('\n'), 4_099);
  expect(list.people).toBe(people);
  expect(all.filter((commitment, place) => list.has(commitment) !== isListed(place))).toEqual([]);
});

describe('what finds a person in the list', () => {
  it('shows that they are on it, whether they claimed or not', async () => {
    for (const number of [CLAIMED, 20]) {
      const verdict = await check(listOf(LISTED), log, listed(number));
      expect(verdict.receipts).toMatchObject([{ name: 'on-the-list', campaign: CAMPAIGN }]);
      expect(exitCodeOf(verdict)).toBe(0);
    }
  });

  it.each([
    ['of nobody on it', listOf(LISTED), listed(21), 'not-on-the-list', 3],
    ['of somebody else', listOf(LISTED), listed(CLAIMED, { nonceOf: 5 }), 'not-on-the-list', 3],
    ['without the list', null, listed(CLAIMED), 'list-not-brought', 3],
    ['of another campaign', listOf(LISTED), listed(CLAIMED, { campaignId: 'other' }), 'other-campaign', 4],
  ])('shows nothing if it is %s', async (_, list, receipt, name, code) => {
    const verdict = await check(list, log, receipt);
    expect(verdict.receipts).toMatchObject([{ name }]);
    expect(exitCodeOf(verdict)).toBe(code);
  });
});

describe('what leads a person to the list', () => {
  it('shows without the list that they are on it, whether they claimed or not', async () => {
    for (const number of LISTED) {
      const verdict = await check(null, log, listed(number, { place: placeOf(number) }));
      expect(verdict.receipts).toMatchObject([{ name: 'on-the-list', campaign: CAMPAIGN }]);
      expect(exitCodeOf(verdict)).toBe(0);
    }
  });

  const place = placeOf(CLAIMED);
  const [lowest = '', ...higher] = place.path;
  const elsewhere = 'path-leads-elsewhere';
  it.each([
    ['changed in its first hash', { place: { ...place, path: [commitmentOf(1), ...higher] } }, elsewhere],
    ['without its first hash', { place: { ...place, path: higher } }, elsewhere],
    ['with one hash more', { place: { ...place, path: [...place.path, lowest] } }, elsewhere],
    ['of no hash', { place: { index: 0, size: 1, path: [] } }, elsewhere],
    ['at another place', { place: { ...place, index: place.index ^ 1 } }, elsewhere],
    ['at a place beyond the list', { place: { ...place, index: place.size } }, elsewhere],
    ['of another person', { place: placeOf(5) }, elsewhere],
    ['of another list', { place: placeOf(CLAIMED, LISTED.slice(1)) }, elsewhere],
    ['opened by the nonce of somebody else', { place, nonceOf: 5 }, elsewhere],
    ['of a campaign that is not in it', { place, campaignId: 'other' }, 'other-campaign'],
  ])('shows nothing if it is %s', async (_, parts, name) => {
    const verdict = await check(null, log, listed(CLAIMED, parts));
    expect(verdict.receipts).toMatchObject([{ name }]);
    expect(exitCodeOf(verdict)).toBe(name === elsewhere ? 3 : 4);
    for (const words of [en, ko]) expect(aboutReceipts(verdict, words, WRITING)[0]).toBeTruthy();
    expect((await check(listOf(LISTED), log, listed(CLAIMED, parts))).receipts).toMatchObject([{ name }]);
  });

  it('shows nothing where the terms commit to no list', async () => {
    const verdict = await check(null, new SignedLog(goodLog(commitmentOf)), listed(CLAIMED, { place }));
    expect(verdict.receipts).toMatchObject([{ name: 'terms-without-list' }]);
    expect(exitCodeOf(verdict)).toBe(3);
  });

  it.each([
    ['index', { ...place, index: -1 }],
    ['size', { ...place, size: '20' }],
    ['path', { ...place, path: null }],
    ['a hash', { ...place, path: ['AAAA'] }],
    ['the size', { index: 0, path: [] }],
  ])('is none if %s is wrong', (_, wrong) => {
    const text = JSON.stringify({ ...(JSON.parse(listed(CLAIMED)) as object), ...wrong });
    expect(() => parseReceipt(text)).toThrow(expect.objectContaining({ name: 'UnusableInput' }));
  });
});
