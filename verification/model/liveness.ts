import { doubled } from './states.js';

/** The graph of states connected by PROGRESS steps, and the good rests among them. States must be added in order. */
export class Graph {
  private targets = new Uint32Array(1 << 16);
  private ends = new Uint32Array(1 << 15);
  private edges = 0;
  private states = 0;
  private readonly rests: number[] = [];

  edge(to: number): void {
    if (this.edges === this.targets.length) this.targets = doubled(this.targets);
    this.targets[this.edges++] = to;
  }

  /** Assigns the edges since the last call to the next state. */
  endOfState(): void {
    if (this.states === this.ends.length) this.ends = doubled(this.ends);
    this.ends[this.states++] = this.edges;
  }

  rest(state: number): void {
    this.rests.push(state);
  }

  /**
   * Searches backward from every good rest.
   * @returns the first state from which none can be reached, or null
   */
  firstWithoutRest(): number | null {
    const { states, edges, ends, targets } = this;
    const from = new Uint32Array(states + 1);
    for (let edge = 0; edge < edges; edge++) from[targets[edge]! + 1]!++;
    for (let state = 0; state < states; state++) from[state + 1]! += from[state]!;
    const sources = new Uint32Array(edges);
    const next = from.slice();
    let edge = 0;
    for (let state = 0; state < states; state++) {
      for (; edge < ends[state]!; edge++) sources[next[targets[edge]!]!++] = state;
    }
    const isFine = new Uint8Array(states);
    const open = new Uint32Array(states);
    let last = 0;
    const reach = (state: number): void => {
      if (isFine[state]) return;
      isFine[state] = 1;
      open[last++] = state;
    };
    this.rests.forEach(reach);
    for (let first = 0; first < last; first++) {
      const state = open[first]!;
      for (let at = from[state]!; at < from[state + 1]!; at++) reach(sources[at]!);
    }
    const lost = isFine.indexOf(0);
    return lost < 0 ? null : lost;
  }

  get restCount(): number {
    return this.rests.length;
  }
}
