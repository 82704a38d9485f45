import { errors, jwtVerify, type JWTVerifyOptions } from 'jose';
import type { TokenAlgorithm } from '../config/token-issuers.js';
import { Problem } from '../problems/problem.js';
import type { Keys, KeySet } from './key-set.js';
import type { ExpectedClaims } from './shared-secret-tokens.js';
import { expiredToken, refusedToken, type TokenClaims } from './token-claims.js';

/**
 * Verifies tokens signed with a key of a set.
 * @param leeway seconds by which the issuer's clock may differ from ours
 * @returns a function that fails with a Problem: 401 if the token is not valid now, 503 if its key may be one that
 *   cannot be fetched
 */
export function keySetTokens(
  keySet: KeySet,
  expected: ExpectedClaims,
  algorithms: readonly TokenAlgorithm[],
  leeway: number,
) {
  const options = { ...expected, algorithms: [...algorithms], clockTolerance: leeway };
  const verify = async (token: string): Promise<TokenClaims> => {
    const keys = await keySet.current();
    try {
      return await claimsOf(token, keys, options);
    } catch (error) {
      const renewed = mayBeByNewKey(error) ? await keySet.renewed() : null;
      if (renewed === null || renewed === keys) throw error;
      return claimsOf(token, renewed, options);
    }
  };
  return async (token: string): Promise<TokenClaims> => {
    try {
      return await verify(token);
    } catch (error) {
      if (error instanceof Problem) throw error;
      throw error instanceof errors.JWTExpired ? expiredToken() : refusedToken();
    }
  };
}

/** If a token does not name its key, each key that may have signed it is tried. */
async function claimsOf(token: string, keys: Keys, options: JWTVerifyOptions): Promise<TokenClaims> {
  try {
    return (await jwtVerify(token, keys, options)).payload;
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    for await (const key of error) {
      try {
        return (await jwtVerify(token, key, options)).payload;
      } catch (failure) {
        if (!(failure instanceof errors.JWSSignatureVerificationFailed)) throw failure;
      }
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}

function mayBeByNewKey(error: unknown): boolean {
  return error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWSSignatureVerificationFailed;
}
