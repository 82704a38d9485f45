import { SeededRandom } from '../../verification/rush/seeded-random.js';
import type { Volley } from './generator-messages.js';

/** One request of a volley: the user, and whether the token is invalid. */
export interface PlannedRequest {
  readonly user: number;
  readonly isBad: boolean;
}

const seed = 20_261_122;

/**
 * The requests of a volley in order: each user once, in order of their numbers, mixed with the shares of repeated
 * requests and of requests with bad tokens. Every contestant gets the same requests.
 */
export function planRequests({ users, askedBefore, repeaters, badTokens }: Volley): PlannedRequest[] {
  const random = new SeededRandom(seed);
  const planned: PlannedRequest[] = [];
  let asked = 0;
  const earlier = (): number => {
    const before = askedBefore?.count ?? 0;
    const index = random.below(before + asked);
    return index < before ? (askedBefore?.first ?? 0) + index : users.first + index - before;
  };
  while (asked < users.count) {
    const dice = random.fraction();
    if (dice < badTokens) planned.push({ user: users.first + asked, isBad: true });
    else if (dice < badTokens + repeaters && asked + (askedBefore?.count ?? 0) > 0)
      planned.push({ user: earlier(), isBad: false });
    else planned.push({ user: users.first + asked++, isBad: false });
  }
  return planned;
}

/** Distributes the requests round-robin, so that all connections together send them in roughly the planned order. */
export function dealOut<T>(cards: readonly T[], hands: number): T[][] {
  const dealt: T[][] = Array.from({ length: hands }, () => []);
  cards.forEach((card, index) => dealt[index % hands]?.push(card));
  return dealt;
}
