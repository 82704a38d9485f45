import type { Volley } from '../../../bench/generator/generator-messages.js';
import { dealOut, planRequests } from '../../../bench/generator/request-mix.js';
import { TokenMint } from '../../../bench/generator/token-mint.js';
import { TokenVerifier } from '../../../src/platform/identity/token-verifier.js';
import type { Environment } from '../../../src/platform/config/environment.js';

const volley: Volley = {
  ...{ method: 'POST', origin: 'http://127.0.0.1:1', path: '/', connections: 7 },
  ...{ users: { first: 1_000, count: 10_000 }, repeaters: 0, badTokens: 0 },
};

describe('the requests of a volley', () => {
  it('are one per user, in order, if nothing is mixed in', () => {
    expect(planRequests({ ...volley, users: { first: 5, count: 3 } })).toEqual(
      [5, 6, 7].map((user) => ({ user, isBad: false })),
    );
  });

  it('have the requested shares, and each user once before a repetition', () => {
    const askedBefore = { first: 1, count: 500 };
    const planned = planRequests({ ...volley, repeaters: 0.3, badTokens: 0.05, askedBefore });
    const seen = new Set(Array.from({ length: 500 }, (_, i) => i + 1));
    let repeats = 0;
    for (const { user, isBad } of planned.filter((request) => !request.isBad)) {
      if (seen.has(user)) repeats += 1;
      else expect({ user, isBad }).toEqual({ user: 500 + seen.size, isBad: false });
      seen.add(user);
    }
    expect(seen.size).toBe(500 + volley.users.count);
    expect(repeats / planned.length).toBeCloseTo(0.3, 1);
    expect(planned.filter(({ isBad }) => isBad).length / planned.length).toBeCloseTo(0.05, 2);
  });

  it('are distributed over the connections as autocannon divides an amount', () => {
    expect(dealOut([1, 2, 3, 4, 5], 3)).toEqual([[1, 4], [2, 5], [3]]);
  });
});

describe('a token', () => {
  const secret = 'a-secret-of-the-bench-that-is-long-enough';
  const mint = new TokenMint(secret);
  const verifier = new TokenVerifier({ JWT_SECRET: secret } as Environment);

  it('is accepted by the service', () => {
    expect(verifier.identify(`Bearer ${mint.tokenOf(42)}`)).toMatchObject({ subject: '42' });
    expect(mint.tokenOf(42)).toBe(mint.tokenOf(42));
  });

  it('with a wrong signature is refused', () => {
    expect(() => verifier.identify(`Bearer ${mint.badTokenOf(42)}`)).toThrow('The token is not valid.');
  });
});
