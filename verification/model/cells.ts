/** Named numbers 0..255, stored in a state's bytes. `clear` sets all of them to 0. */
export type Cells<Name extends string> = Record<Name, number> & { clear: () => void };

const NAMES_OF_EPOCHS: readonly string[] = ['epoch', 'trusted', 'condemned'];

/** Allocates the bytes of a state, one piece after another. */
export class Bytes {
  /** Offsets of the bytes that hold epochs, known by their names. */
  readonly epochs: number[] = [];
  private used = 0;
  private readonly all: Uint8Array;

  constructor(buffer: ArrayBuffer) {
    this.all = new Uint8Array(buffer);
  }

  get length(): number {
    return this.used;
  }

  /** One number for each index 0..`last`. */
  list(last: number): Uint8Array {
    const from = this.used;
    this.used += last + 1;
    if (this.used > this.all.length)
      throw new RangeError('A state of this configuration has too many bytes.');
    return this.all.subarray(from, this.used);
  }

  named<Name extends string>(...names: readonly Name[]): Cells<Name> {
    const bytes = this.list(names.length - 1);
    names.forEach((name, i) => {
      if (NAMES_OF_EPOCHS.includes(name)) this.epochs.push(bytes.byteOffset + i);
    });
    const Named = namedBytes(names);
    return new Named(bytes) as NamedBytes & Cells<Name>;
  }
}

class NamedBytes {
  constructor(readonly bytes: Uint8Array) {}

  clear(): void {
    this.bytes.fill(0);
  }
}

const classes = new Map<string, typeof NamedBytes>();

/** One class per set of names: this makes the engine several times as fast. */
function namedBytes(names: readonly string[]): typeof NamedBytes {
  const key = names.join();
  const known = classes.get(key);
  if (known) return known;
  class Named extends NamedBytes {}
  names.forEach((name, i) => {
    Object.defineProperty(Named.prototype, name, {
      get(this: Named) {
        return this.bytes[i];
      },
      set(this: Named, value: number) {
        this.bytes[i] = value;
      },
    });
  });
  classes.set(key, Named);
  return Named;
}
