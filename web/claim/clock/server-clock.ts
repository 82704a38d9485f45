const SAMPLES = 5;
/** Between two samples, so that they do not meet the same hiccup of the network. */
const PAUSE_MS = 150;

interface Sample {
  /** Server time minus `performance.now()`, in ms. */
  readonly offset: number;
  /** How long the answer took, in ms: the offset is wrong by half of it at most. */
  readonly tookMs: number;
}

/**
 * The service's clock, to a few ms: the best of five looks at `/v1/time`, carried on by `performance.now()`, which does
 * not jump when the phone's clock is set. A phone that sleeps may stop that clock, so whoever comes back sets it again.
 */
export class ServerClock {
  #best: Sample | null = null;

  /** @param readTime the service's time in ms since 1970, or null when it does not answer */
  constructor(private readonly readTime: () => Promise<number | null>) {}

  /** Whether it goes by the service; otherwise by the phone. */
  get isSet(): boolean {
    return this.#best !== null;
  }

  /** Now, in ms since 1970. */
  now(): number {
    return this.#best ? this.#best.offset + performance.now() : Date.now();
  }

  /** @returns once the first look is over; the others follow, and the best of all counts */
  async set(samples = SAMPLES): Promise<void> {
    const first = await this.#look();
    if (!first) return;
    this.#best = first;
    void this.#improve(first, samples - 1);
  }

  async #improve(first: Sample, more: number): Promise<void> {
    const seen = [first];
    for (let i = 0; i < more; i++) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      const sample = await this.#look();
      if (sample) seen.push(sample);
    }
    this.#best = bestOf(seen);
  }

  async #look(): Promise<Sample | null> {
    const sent = performance.now();
    const time = await this.readTime();
    const received = performance.now();
    return time === null ? null : { offset: time - (sent + received) / 2, tookMs: received - sent };
  }
}

/** The one that took the shortest time. @param samples at least one */
export function bestOf<T extends { readonly tookMs: number }>(
  samples: readonly [T, ...T[]] | readonly T[],
): T {
  return samples.reduce((best, sample) => (sample.tookMs < best.tookMs ? sample : best));
}
