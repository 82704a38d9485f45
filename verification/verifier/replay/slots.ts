/** Which slot is held by whom: 1 to capacity, unpaid or paid. What is not held is free. */
export class Slots {
  private readonly holders = new Map<number, number>();

  constructor(readonly capacity: number) {}

  get free(): number {
    return Math.max(0, this.capacity - this.holders.size);
  }

  holderOf(slot: number): number | null {
    return this.holders.get(slot) ?? null;
  }

  take(slot: number, person: number): void {
    this.holders.set(slot, person);
  }

  /** Frees it, if it is this person's: in a broken log it may have been given on. */
  release(slot: number, person: number): void {
    if (this.holders.get(slot) === person) this.holders.delete(slot);
  }
}
