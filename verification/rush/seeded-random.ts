/** Seeded random numbers (mulberry32). Good enough to shuffle a crowd, not for secrets. */
export class SeededRandom {
  constructor(private state: number) {}

  /** An integer in 0..2^32-1. */
  bits32(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** A number in 0..1, without 1. */
  fraction(): number {
    return this.bits32() / 2 ** 32;
  }

  /** An integer in 0..limit-1. */
  below(limit: number): number {
    return Math.floor(this.fraction() * limit);
  }

  /** `count` distinct integers in 0..limit-1, in random order. */
  pick(count: number, limit: number): number[] {
    const numbers = Array.from({ length: limit }, (_, index) => index);
    for (let i = 0; i < count; i++) {
      const j = i + this.below(limit - i);
      const [a, b] = [numbers[i] ?? 0, numbers[j] ?? 0];
      numbers[i] = b;
      numbers[j] = a;
    }
    return numbers.slice(0, count);
  }
}
