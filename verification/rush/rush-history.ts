import type { Operation } from '../checker/history.js';
import type { Load } from './generator-messages.js';

/**
 * The crowd's observations as a history for the checker: one claim per answer, begun at its first request. Plus one
 * claim without an answer for everybody's first ask, because an attempt with a lost answer may have given the place.
 * @param ids user ids, indexed by `Answer.user`
 */
export function historyOf(
  { answers, firstAskedAt }: Pick<Load, 'answers' | 'firstAskedAt'>,
  campaignId: string,
  ids: readonly string[],
): Operation[] {
  const claim = { client: 'crowd', op: 'claim', campaignId };
  const first = ids.flatMap((userId, user): Operation[] => {
    const start = firstAskedAt[user];
    if (start === undefined || Number.isNaN(start)) return [];
    return [{ ...claim, userId, start, end: null, status: null, body: null }];
  });
  const answered = answers.map(({ user, place, askedAt, answeredAt }): Operation => {
    const userId = ids[user] ?? '';
    const answer = place
      ? { status: 200, body: { campaignId, userId, ...place } }
      : { status: 409, body: { code: 'sold-out' } };
    return { ...claim, userId, start: askedAt, end: answeredAt, ...answer };
  });
  return [...first, ...answered];
}
