import { createHash } from 'node:crypto';
import { SeededRandom } from '../../rush/seeded-random.js';

/** A seed's random numbers for one purpose. Draws for one purpose do not affect those for another. */
export function randomOf(seed: number, purpose: string): SeededRandom {
  return new SeededRandom(createHash('sha256').update(`${purpose} ${seed}`).digest().readInt32LE());
}

export function between(random: SeededRandom, least: number, most: number): number {
  return least + (most - least) * random.fraction();
}

export function whole(random: SeededRandom, least: number, most: number): number {
  return Math.round(between(random, least, most));
}

export function shuffled<Item>(random: SeededRandom, items: readonly Item[]): Item[] {
  return random.pick(items.length, items.length).flatMap((index) => items.slice(index, index + 1));
}
