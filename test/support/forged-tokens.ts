import { createHmac, type KeyObject, sign } from 'node:crypto';
import { JWT_SECRET } from './world.js';

type Json = Readonly<Record<string, unknown>> | readonly unknown[];

const encode = (part: Json): string => Buffer.from(JSON.stringify(part)).toString('base64url');

export const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1_000) + seconds;

/** A token with exactly these claims and this header, signed by HMAC with `secret`, the service's by default. */
export function forge(claims: Json, header: Json = { alg: 'HS256' }, secret = JWT_SECRET): string {
  const signed = `${encode(header)}.${encode(claims)}`;
  const hash = 'alg' in header && header.alg === 'HS512' ? 'sha512' : 'sha256';
  return `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`;
}

/** A token of exactly these bytes. @param signatureOf computes the third part from the first two */
export function compact(
  header: string | Buffer,
  claims: string | Buffer,
  signatureOf: (signed: string) => Buffer,
): string {
  const signed = [header, claims]
    .map((part) => (typeof part === 'string' ? Buffer.from(part) : part).toString('base64url'))
    .join('.');
  return `${signed}.${signatureOf(signed).toString('base64url')}`;
}

/** A token without a signature. */
export function unsigned(claims: Json, header: Json): string {
  return `${encode(header)}.${encode(claims)}.`;
}

/** A token signed with a private key. @param header names RS256 or ES256 */
export function forgeWithKey(claims: Json, header: Json, key: KeyObject): string {
  const signed = `${encode(header)}.${encode(claims)}`;
  const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}
