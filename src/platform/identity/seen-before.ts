/**
 * Remembers, roughly and in little memory, which keys it has seen, so that keys that come only once do not evict those
 * that come again and again. The doorkeeper of TinyLFU (Einziger, Friedman and Manes, 2017).
 */
export class SeenBefore {
  private readonly marks: Uint32Array;

  /** @param places a power of two; most of the last `places` keys are recognised */
  constructor(places: number) {
    this.marks = new Uint32Array(places);
  }

  /**
   * @param key its last characters must be as good as random, as a signature's are
   * @returns whether the key was seen lately. Sometimes wrong, either way, so nothing but speed may depend on it.
   */
  test(key: string): boolean {
    let mark = 1;
    for (let i = Math.max(0, key.length - SAMPLE); i < key.length; i++)
      mark = Math.imul(mark, 31) + key.charCodeAt(i);
    mark >>>= 0;
    const place = (mark ^ (mark >>> 16)) & (this.marks.length - 1);
    const known = this.marks[place] === mark;
    this.marks[place] = mark;
    return known;
  }
}

const SAMPLE = 12;
