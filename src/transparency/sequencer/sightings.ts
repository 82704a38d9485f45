/** How much was there at one look at the database. */
export interface Sighting {
  /** When the look began, by `performance.now()`. */
  readonly atMs: number;
  /** Changes of transactions with lower ids were all shown by the feed. */
  readonly horizon: bigint;
  /** The highest durable arrival number of each campaign that was looked at. */
  readonly arrivals: ReadonlyMap<string, number>;
}

const NOTHING: Sighting = { atMs: -Infinity, horizon: 0n, arrivals: new Map() };

/**
 * What was there at the last looks, so that a round of the log can take what was there a while ago and leave the rest
 * for later. Memory: a number for each open campaign and look, from the moment that was last asked for on.
 */
export class Sightings {
  /** By time. */
  private kept: readonly Sighting[] = [];

  /** @param sighting later than all before */
  add(sighting: Sighting): void {
    this.kept = [...this.kept, sighting];
  }

  /**
   * The last one that began by `atMs`. Forgets what came before it: of an earlier moment it says from then on that
   * nothing was there, and a round that takes too little has only more to do later.
   */
  by(atMs: number): Sighting {
    const place = this.kept.findLastIndex((sighting) => sighting.atMs <= atMs);
    if (place > 0) this.kept = this.kept.slice(place);
    return place < 0 ? NOTHING : (this.kept[0] ?? NOTHING);
  }
}
