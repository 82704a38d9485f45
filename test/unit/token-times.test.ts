import { checkTimes } from '../../src/platform/identity/token-times.js';

const NOW = 1_795_338_000;

const taken = (times: Readonly<Record<string, unknown>>, leeway: number, requireEnd = false): boolean => {
  try {
    checkTimes(times, NOW, { leeway, requireEnd });
    return true;
  } catch {
    return false;
  }
};

describe('the times of a token', () => {
  it.each([0, 5, 300])('may be off by %i s either way, and by no more', (leeway) => {
    expect(taken({ nbf: NOW + leeway }, leeway)).toBe(true);
    expect(taken({ nbf: NOW + leeway + 1 }, leeway)).toBe(false);
    expect(taken({ exp: NOW - leeway + 1 }, leeway)).toBe(true);
    expect(taken({ exp: NOW - leeway }, leeway)).toBe(false);
  });

  it('do not depend on when the token was issued', () => {
    expect(taken({ iat: NOW + 1_000_000, exp: NOW + 1 }, 0)).toBe(true);
  });

  it('must include an end if that is required', () => {
    expect(taken({}, 5)).toBe(true);
    expect(taken({}, 5, true)).toBe(false);
    expect(taken({ exp: NOW + 1 }, 5, true)).toBe(true);
  });

  it.each(['nbf', 'exp', 'iat'])('must be numbers: %s', (name) => {
    for (const value of [String(NOW), null, {}, [NOW], true])
      expect(taken({ [name]: value }, 300)).toBe(false);
  });
});
