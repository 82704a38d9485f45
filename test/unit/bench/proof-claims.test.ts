import { proofClaims } from '../../../bench/figures/log/proof-claims.js';
import { goodLog, CAMPAIGN } from '../../support/log-kit/good-log.js';
import { SignedLog } from '../../support/log-kit/signed-log.js';

const log = new SignedLog(goodLog());

async function* linesOf(text: string): AsyncGenerator<string> {
  for (const line of text.split('\n')) yield await Promise.resolve(line);
}

it('finds the claims of a proof at their places in the log, past subtrees that are given by their hash', async () => {
  const proof = log.proof(CAMPAIGN);
  expect(proof).toMatch(/^n \d+ /m);
  const claims = await proofClaims(linesOf(proof));
  expect(claims.length).toBeGreaterThan(5);
  for (const { index, createdAtMs } of claims) {
    const [, kind, , , , at] = log.leaves[index]?.split(' ') ?? [];
    expect([kind, Number(at)]).toEqual(['claim', createdAtMs]);
  }
});
