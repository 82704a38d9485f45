import type { Messages } from '../messages/en.js';
import { troubleWords } from '../payouts/payout-words.js';

type Say = (m: Messages, ...parts: string[]) => string;

/** The sentences of the API's stories that have parts, and how the viewer's language says each. */
const SENTENCES: readonly (readonly [RegExp, Say])[] = [
  [/^attempt (\d+)$/, (m, no = '') => m.person.attempt(no)],
  [/^slot (\d+)$/, (m, slot = '') => m.person.slotAlone(slot)],
  [
    /^slot (\d+), which user (\d+) \(arrival number (\d+)\) had lost$/,
    (m, slot = '', user = '', no = '') => m.person.slotLostBy(slot, user, no),
  ],
  [
    /^slot (\d+) went to user (\d+) \(arrival number (\d+)\)$/,
    (m, slot = '', user = '', no = '') => m.person.slotWentTo(slot, user, no),
  ],
];

/** What the API says of an event, in the viewer's words; the words of operators and providers stay as they are. */
export function eventDetail(detail: string, m: Messages): string {
  for (const [pattern, say] of SENTENCES) {
    const match = pattern.exec(detail);
    if (match) return say(m, ...match.slice(1));
  }
  return troubleWords(detail, m);
}
