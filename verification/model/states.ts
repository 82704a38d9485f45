/**
 * The reached states, each as a 64-bit fingerprint with the step that first reached it. The states themselves are not
 * kept: ten million entries fit in a few hundred megabytes, and a state can be reconstructed by repeating its steps.
 */
export class States {
  private table: Uint32Array = new Uint32Array(1 << 16);
  private low: Uint32Array = new Uint32Array(1 << 15);
  private high = new Uint32Array(1 << 15);
  private parents = new Uint32Array(1 << 15);
  private steps = new Uint16Array(1 << 15);
  size = 0;

  /** @returns the number of this state; the state is new if that is the previous `size` */
  add(low: number, high: number, parent: number, step: number): number {
    const mask = this.table.length - 1;
    let at = low & mask;
    for (let entry = this.table[at]!; entry !== 0; entry = this.table[at]!) {
      if (this.low[entry - 1] === low && this.high[entry - 1] === high) return entry - 1;
      at = (at + 1) & mask;
    }
    if (this.size === this.low.length) this.grow();
    const state = this.size++;
    this.table[at] = state + 1;
    this.low[state] = low;
    this.high[state] = high;
    this.parents[state] = parent;
    this.steps[state] = step;
    if (this.size * 2 > this.table.length) this.rehash();
    return state;
  }

  /** The path to a state: for each state on it, the index of the step that its predecessor took. */
  wayTo(state: number): number[] {
    const way: number[] = [];
    for (let at = state; at !== 0; at = this.parents[at]!) way.push(this.steps[at]!);
    return way.reverse();
  }

  private grow(): void {
    this.low = doubled(this.low);
    this.high = doubled(this.high);
    this.parents = doubled(this.parents);
    const steps = new Uint16Array(this.steps.length * 2);
    steps.set(this.steps);
    this.steps = steps;
  }

  private rehash(): void {
    const table = new Uint32Array(this.table.length * 2);
    const mask = table.length - 1;
    for (let state = 0; state < this.size; state++) {
      let at = this.low[state]! & mask;
      while (table[at] !== 0) at = (at + 1) & mask;
      table[at] = state + 1;
    }
    this.table = table;
  }
}

export function doubled(list: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(list.length * 2);
  larger.set(list);
  return larger;
}

/** The odds that two of these states have the same 64-bit fingerprint, so that one was mistaken for the other. */
export function collisionOdds(states: number): number {
  return (states * states) / 2 ** 65;
}
