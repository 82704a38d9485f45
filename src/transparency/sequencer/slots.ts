/** Which slots of a campaign are taken. A byte a slot, up to the highest one that was ever taken. */
export class Slots {
  private bytes = new Uint8Array(0);
  private count = 0;

  /** How many are taken. */
  get taken(): number {
    return this.count;
  }

  isTaken(slot: number): boolean {
    return this.bytes[slot] === 1;
  }

  copy(): Slots {
    const copy = new Slots();
    copy.bytes = this.bytes.slice();
    copy.count = this.count;
    return copy;
  }

  /** @param slot one that is not taken */
  take(slot: number): void {
    if (slot >= this.bytes.length) {
      const bytes = new Uint8Array(Math.max(slot + 1, 2 * this.bytes.length));
      bytes.set(this.bytes);
      this.bytes = bytes;
    }
    this.bytes[slot] = 1;
    this.count += 1;
  }

  /** @param slot one that is taken */
  release(slot: number): void {
    this.bytes[slot] = 0;
    this.count -= 1;
  }
}
