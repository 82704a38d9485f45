import { hash } from 'node:crypto';
import { invalidRequest } from '../problems/problem.js';

/**
 * A strong entity tag (RFC 9110, 8.8.3): the same bytes have the same tag, other bytes another.
 * @param body the whole body of the answer
 */
export function entityTag(body: string): string {
  return `"${hash('sha256', body, 'base64url')}"`;
}

/**
 * Whether a client already has the answer with this tag (RFC 9110, 13.1.2), so that 304 says it all. The comparison is
 * weak, because a proxy that compresses answers marks our tags as weak.
 * @param ifNoneMatch the request's If-None-Match: a list of tags, or `*` for any
 * @param tag from `entityTag`; as no tag has a quote in it, a list that contains this text contains this tag
 */
export function hasSeen(ifNoneMatch: string | undefined, tag: string): boolean {
  return ifNoneMatch !== undefined && (ifNoneMatch.trim() === '*' || ifNoneMatch.includes(tag));
}

/**
 * The tags of which one must be that of what is changed (RFC 9110, 13.1.1), without their quotes; null for any. A weak
 * tag counts as a strong one: a proxy that compresses answers marks ours as weak.
 * @throws Problem 400 when it is neither a list of tags nor `*`
 */
export function tagsToMatch(ifMatch: string | undefined): readonly string[] | null {
  if (ifMatch === undefined || ifMatch.trim() === '*') return null;
  if (!TAGS.test(ifMatch)) throw invalidRequest('If-Match must be the ETag of an earlier answer, or *.');
  return [...ifMatch.matchAll(/"([^"]*)"/g)].map(([, tag = '']) => tag);
}

const TAGS = /^\s*(W\/)?"[^"]*"(\s*,\s*(W\/)?"[^"]*")*\s*$/;
