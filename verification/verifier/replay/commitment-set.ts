const WORDS = 4;
const FIRST_ROOM = 1 << 10;
const NOBODY = 0xffffffff;

/**
 * Who has claimed: a commitment -> the number of the claim. It keeps 120 of a commitment's 256 bits, in flat arrays: a
 * million people take 42 MB. Two people whose halves agree would be taken for one, which costs 2^60 hashes to arrange
 * and harms only the operator.
 */
export class CommitmentSet {
  private room = FIRST_ROOM;
  private keys = new Uint32Array(FIRST_ROOM * WORDS);
  private claims = new Uint32Array(FIRST_ROOM).fill(NOBODY);
  private size = 0;
  private readonly key = new Uint32Array(WORDS);

  /**
   * Notes the claim as the latest of this commitment.
   * @param who base64, as in a leaf
   * @param claim 0 to 2^32 - 2
   * @returns the earlier claim of the same commitment, or null
   */
  put(who: string, claim: number): number | null {
    if ((this.size + 1) * 4 > this.room * 3) this.grow();
    readKey(who, this.key);
    const at = this.placeOf(this.key);
    const earlier = this.claims[at] ?? NOBODY;
    this.claims[at] = claim;
    if (earlier !== NOBODY) return earlier;
    this.keys.set(this.key, at * WORDS);
    this.size += 1;
    return null;
  }

  private placeOf(key: Uint32Array): number {
    const mask = this.room - 1;
    let at = mixed(key) & mask;
    while (this.claims[at] !== NOBODY && !this.hasKeyAt(at, key)) at = (at + 1) & mask;
    return at;
  }

  private hasKeyAt(at: number, key: Uint32Array): boolean {
    const from = at * WORDS;
    for (let i = 0; i < WORDS; i++) if (this.keys[from + i] !== key[i]) return false;
    return true;
  }

  private grow(): void {
    const { keys, claims } = this;
    this.room *= 2;
    this.keys = new Uint32Array(this.room * WORDS);
    this.claims = new Uint32Array(this.room).fill(NOBODY);
    claims.forEach((claim, from) => {
      if (claim === NOBODY) return;
      const key = keys.subarray(from * WORDS, (from + 1) * WORDS);
      const at = this.placeOf(key);
      this.claims[at] = claim;
      this.keys.set(key, at * WORDS);
    });
  }
}

/** All words count: whoever writes a log chooses its commitments. */
function mixed(key: Uint32Array): number {
  let hash = 0x9e3779b9;
  for (const word of key) hash = Math.imul(hash ^ word ^ (hash >>> 15), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const SIXTETS = new Uint8Array(128);
for (let value = 0; value < LETTERS.length; value++) SIXTETS[LETTERS.charCodeAt(value)] = value;

/** The first 120 bits as 4 words of 30: five letters of base64 a word. */
function readKey(who: string, key: Uint32Array): void {
  for (let word = 0; word < WORDS; word++) {
    let bits = 0;
    for (let i = 0; i < 5; i++) bits = (bits << 6) | (SIXTETS[who.charCodeAt(word * 5 + i)] ?? 0);
    key[word] = bits;
  }
}
