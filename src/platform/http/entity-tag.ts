import { hash } from 'node:crypto';

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
