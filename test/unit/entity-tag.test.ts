import { entityTag, hasSeen } from '../../src/platform/http/entity-tag.js';

const TAG = entityTag('{"status":"PENDING"}');

it('tags are strong, and equal for equal bodies only', () => {
  expect(TAG).toMatch(/^"[\w-]{43}"$/);
  expect(entityTag('{"status":"PENDING"}')).toBe(TAG);
  expect(entityTag('{"status":"SUCCESS"}')).not.toBe(TAG);
});

it.each([
  ['no condition', undefined, false],
  ['another tag', '"abc"', false],
  ['the tag', TAG, true],
  ['the tag as a proxy that compresses passes it on', `W/${TAG}`, true],
  ['a list with the tag in it', `"a,b", W/"c" , ${TAG}`, true],
  ['a list without it', '"a", "b"', false],
  ['any', '*', true],
  ['the tag without its quotes, which is no tag', TAG.slice(1, -1), false],
  ['nothing', '', false],
])('If-None-Match: %s', (_, ifNoneMatch, seen) => expect(hasSeen(ifNoneMatch, TAG)).toBe(seen));
