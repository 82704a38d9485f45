const TEXTS_A_BLOCK = 1_024;

/**
 * Texts of one length, which come in ascending order. They are kept joined: a million strings of their own would take
 * more than twice the memory, and a table of hashes would have to be built anew as it grows.
 */
export class SortedTexts {
  private readonly blocks: string[] = [];
  private added: string[] = [];
  private count = 0;

  /** @param length of each, in characters */
  constructor(private readonly length: number) {}

  /** @param text above all before */
  add(text: string): void {
    this.count += 1;
    this.added.push(text);
    if (this.added.length < TEXTS_A_BLOCK) return;
    this.blocks.push(this.added.join(''));
    this.added = [];
  }

  has(text: string): boolean {
    let [from, to] = [0, this.count];
    while (from < to) {
      const middle = Math.floor((from + to) / 2);
      if (this.at(middle) < text) from = middle + 1;
      else to = middle;
    }
    return from < this.count && this.at(from) === text;
  }

  private at(place: number): string {
    const within = place % TEXTS_A_BLOCK;
    const block = this.blocks[(place - within) / TEXTS_A_BLOCK];
    return block?.slice(within * this.length, (within + 1) * this.length) ?? this.added[within] ?? '';
  }
}
