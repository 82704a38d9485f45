/**
 * Remembers, roughly and in little memory, what has been shown to it: whoever comes but once should not push out those who come
 * again and again. The doorkeeper of TinyLFU (Einziger, Friedman and Manes, 2017).
 */
export class SeenBefore {
  private readonly marks: Uint32Array;

  /** @param places a power of two. Of so many keys shown, most of the last are known. */
  constructor(places: number) {
    this.marks = new Uint32Array(places);
  }

  /**
   * @param key whose last characters are as good as random, such as a signature's
   * @returns whether it was shown lately. Wrong both ways now and then, so nothing but time may depend on it.
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
