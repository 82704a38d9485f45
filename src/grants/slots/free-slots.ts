/** The slots of a campaign that nobody holds, lowest first. One byte per slot. */
export class FreeSlots {
  private readonly taken: Uint8Array;
  private lowest = 1;

  constructor(private readonly capacity: number) {
    this.taken = new Uint8Array(capacity + 1);
  }

  take(slot: number): void {
    this.taken[slot] = 1;
  }

  takeAll(): void {
    this.taken.fill(1);
  }

  /** Takes the lowest free slot, or returns null when none is left. */
  takeLowest(): number | null {
    while (this.lowest <= this.capacity && this.taken[this.lowest] === 1) this.lowest++;
    if (this.lowest > this.capacity) return null;
    this.take(this.lowest);
    return this.lowest;
  }

  /** The free slots as ranges, both ends included. @param longest most slots in a range */
  *ranges(longest: number): Generator<readonly [first: number, last: number]> {
    for (let slot = 1; slot <= this.capacity; slot++) {
      if (this.taken[slot] === 1) continue;
      const first = slot;
      while (slot < this.capacity && slot - first + 1 < longest && this.taken[slot + 1] === 0) slot++;
      yield [first, slot];
    }
  }
}
