import { retryDelay } from '../../../web/claim/flow/retry-delay.js';

it.each([
  [1, null, 0, 0],
  [1, null, 0.5, 250],
  [3, null, 0.5, 1_000],
  [9, null, 0.999, 7_992],
  [1_000, null, 0.5, 4_000],
  [1, 3_000, 0.999, 3_000],
  [9, 1_000, 0.5, 4_000],
])('after %i failures, told %p ms, drawn %d: %i ms', (failures, retryAfterMs, chance, ms) => {
  expect(retryDelay(failures, retryAfterMs, chance)).toBe(ms);
});
