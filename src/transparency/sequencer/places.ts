/** What became of an arrival number, as the log has it. */
export const Place = {
  /** Not in the log, or lost. */
  None: 0,
  Waiting: 1,
  Holding: 2,
  Paid: 3,
  /** The money came back, and the slot stays used. */
  Kept: 4,
  /** The money came back, and the slot was passed on. */
  Regranted: 5,
  Failed: 6,
  Left: 7,
  Ended: 8,
} as const;

export type Place = (typeof Place)[keyof typeof Place];

const FIRST_SIZE = 64;

/** Place and slot of each arrival number: five bytes each, since a campaign may have millions. */
export class Places {
  private places = new Uint8Array(FIRST_SIZE);
  private slots = new Uint32Array(FIRST_SIZE);

  at(arrivalNo: number): Place {
    return (this.places[arrivalNo] ?? Place.None) as Place;
  }

  /** 0 when this person never had one. */
  slotOf(arrivalNo: number): number {
    return this.slots[arrivalNo] ?? 0;
  }

  /** @param slot 0 for none */
  put(arrivalNo: number, place: Place, slot: number): void {
    if (arrivalNo >= this.places.length) this.grow(arrivalNo + 1);
    this.places[arrivalNo] = place;
    this.slots[arrivalNo] = slot;
  }

  copy(): Places {
    const copy = new Places();
    copy.places = this.places.slice();
    copy.slots = this.slots.slice();
    return copy;
  }

  private grow(size: number): void {
    const length = Math.max(size, 2 * this.places.length);
    const places = new Uint8Array(length);
    places.set(this.places);
    this.places = places;
    const slots = new Uint32Array(length);
    slots.set(this.slots);
    this.slots = slots;
  }
}
