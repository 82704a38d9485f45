import { CAMPAIGN, goodLog } from '../../support/log-kit/good-log.js';
import { LOG_LEAF, SignedLog } from '../../support/log-kit/signed-log.js';
import { verifyText } from '../../support/log-kit/verify-text.js';

const STOPPED = `v1 stopped ${CAMPAIGN} not-justified 1764100000900`;

/** What is found of the campaign in leaves that their operator has signed. */
async function verdictOf(leaves: readonly string[]): Promise<{ conclusion: string; rules: string[] }> {
  const { conclusion, campaigns } = await verifyText(new SignedLog(leaves).proof(CAMPAIGN));
  return { conclusion, rules: campaigns.flatMap(({ violations }) => violations.map(({ name }) => name)) };
}

/** The leaves of the good log up to one that begins like this, without it. */
function before(start: string): string[] {
  const leaves = goodLog();
  return leaves.slice(
    0,
    leaves.findIndex((leaf) => leaf.startsWith(`v1 ${start}`)),
  );
}

it('proves nothing, and breaks no rule', async () => {
  expect(await verdictOf([...before('paid ten-won 4 '), STOPPED])).toEqual({
    conclusion: 'not-proven',
    rules: [],
  });
});

it('can not be the first leaf of a campaign', async () => {
  expect(await verdictOf([LOG_LEAF, STOPPED])).toEqual({ conclusion: 'violated', rules: ['terms-first'] });
});

it('comes behind the “full” that the last claim calls for', async () => {
  const upToFull = before('full ten-won 1 7 ');
  expect(await verdictOf([...upToFull, STOPPED])).toEqual({
    conclusion: 'violated',
    rules: ['full-is-said'],
  });
  const full = goodLog()[upToFull.length] ?? '';
  expect(await verdictOf([...upToFull, full, STOPPED])).toEqual({ conclusion: 'not-proven', rules: [] });
});
