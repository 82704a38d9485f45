import { preferredEncoding } from '../../../src/pages/compressed-body.js';

it.each([
  ['gzip, deflate, br, zstd', 'br'],
  ['gzip;q=1.0, identity; q=0.5', 'gzip'],
  ['br;q=0, gzip', 'gzip'],
  ['br;q=0.0', 'identity'],
  ['BR', 'br'],
  ['brotli', 'identity'],
  ['', 'identity'],
  [undefined, 'identity'],
])('for %p is %s', (accepted, encoding) => {
  expect(preferredEncoding(accepted)).toBe(encoding);
});
