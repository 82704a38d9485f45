import type { BookedPlace, Books } from './campaign-books.js';
import type { Load } from './generator-messages.js';
import { Violations } from './violations.js';

interface Asker {
  readonly firstAskedAt: number;
  readonly place: BookedPlace;
}

/** When each user was first told their place, and when anybody was first told "sold out". */
function readAnswers({ answers }: Load): { toldAt: Map<number, number>; soldOutAt: number } {
  const toldAt = new Map<number, number>();
  let soldOutAt = Infinity;
  for (const { user, place, answeredAt } of answers) {
    if (!place) soldOutAt = Math.min(soldOutAt, answeredAt);
    else toldAt.set(user, Math.min(toldAt.get(user) ?? Infinity, answeredAt));
  }
  return { toldAt, soldOutAt };
}

/**
 * P3: who was told their place before another one first asked is ahead of that one. A sweep over time: whoever asks must
 * lie behind the largest arrival number that anybody was told before.
 *
 * P5: "sold out" is only said when all slots and the whole line have been given out and are durable, so who first asks
 * after anybody heard it has an arrival number beyond them. A lost claim would show as one that is not.
 */
export function checkToldInOrder(load: Load, books: Books, ids: readonly string[]): string[] {
  const order = new Violations('P3 who was answered before another asked is ahead');
  const soldOut = new Violations('P5 nobody gets in on a place that was lost');
  const places = new Map(books.places.map((place) => [place.userId, place]));
  const { toldAt, soldOutAt } = readAnswers(load);

  const askers: Asker[] = ids.flatMap((userId, user) => {
    const place = places.get(userId);
    const firstAskedAt = load.firstAskedAt[user];
    return place && firstAskedAt !== undefined && !Number.isNaN(firstAskedAt)
      ? [{ firstAskedAt, place }]
      : [];
  });
  askers.sort((a, b) => a.firstAskedAt - b.firstAskedAt);
  const told = [...toldAt].flatMap(([user, at]) => {
    const place = places.get(ids[user] ?? '');
    return place ? [{ at, arrivalNo: place.arrivalNo }] : [];
  });
  told.sort((a, b) => a.at - b.at);

  const givenOutBySoldOut = books.capacity + books.waitingCapacity;
  let largestTold = 0;
  let next = 0;
  for (const { firstAskedAt, place } of askers) {
    for (let t = told[next]; t && t.at < firstAskedAt; t = told[++next]) {
      largestTold = Math.max(largestTold, t.arrivalNo);
    }
    const { userId, arrivalNo } = place;
    if (arrivalNo < largestTold) {
      order.add(`user ${userId} got arrival ${arrivalNo} after ${largestTold} had been told`);
    }
    if (firstAskedAt > soldOutAt && arrivalNo <= givenOutBySoldOut) {
      soldOut.add(`user ${userId} got arrival ${arrivalNo} after somebody had been sold out`);
    }
  }
  return [...order.toStrings(), ...soldOut.toStrings()];
}
