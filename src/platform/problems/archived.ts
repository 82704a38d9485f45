import { Problem } from './problem.js';
import type { ProblemCode } from './problem-catalogue.js';

/** For people who ask about themselves: they have no archive to look into. */
export const ASK_OPERATOR =
  'The campaign is over, and its records were archived: they are not here any more. Ask whoever runs the campaign what ' +
  'became of this user.';

/** For operators. */
export const LOOK_INTO_ARCHIVE =
  'The campaign was archived: what it recorded of this user is in the file that `npm run archive` wrote ' +
  '(docs/retention.md), not here any more.';

/**
 * 404: nothing is here of this user, since the rows of the campaign are in its archive. That the user never claimed, or
 * was never paid, would be no truth.
 * @param archivedAt since when
 */
export function archived(
  code: Extract<ProblemCode, 'no-claim' | 'unknown-payout'>,
  archivedAt: Date,
  detail: string,
): Problem {
  return new Problem(404, code, 'The campaign was archived', { detail, members: { archivedAt } });
}
