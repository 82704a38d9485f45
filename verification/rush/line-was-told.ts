import type { BooksSnapshot } from '../checker/books-snapshot.js';
import type { AdminApi } from './admin-api.js';
import { Violations } from './violations.js';

const sampleSize = 20;

/**
 * P8: everybody who still waited when the campaign closed is told that it ended.
 * @param before the books before the campaign was closed
 * @param after the books after it
 */
export async function checkLineWasTold(
  api: AdminApi,
  campaignId: string,
  before: BooksSnapshot,
  after: BooksSnapshot,
): Promise<string[]> {
  const violations = new Violations('P8 everybody who waited to the end is told that it is over');
  const leftOver = before.places.filter(({ status }) => status === 'WAITING').map(({ userId }) => userId);
  const ended = new Set(after.places.filter(({ status }) => status === 'ENDED').map(({ userId }) => userId));
  for (const userId of leftOver) {
    if (!ended.has(userId)) violations.add(`user ${userId} waited, but is not ENDED`);
  }
  const stride = Math.max(1, Math.floor(leftOver.length / sampleSize));
  for (const userId of leftOver.filter((_, index) => index % stride === 0)) {
    const status = await api.statusOf(campaignId, userId);
    if (status !== 'ENDED') violations.add(`user ${userId} is told ${status}`);
  }
  return violations.toStrings();
}
