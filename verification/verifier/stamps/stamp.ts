/** A time stamp as a proof has it. Nothing of it is verified. */
export interface Stamp {
  /** Of the checkpoint that it is of: leaves of its tree. */
  readonly size: number;
  /** A TimeStampToken of RFC 3161 in DER. */
  readonly token: Uint8Array;
}

/** A time stamp that holds. */
export interface HeldStamp {
  readonly size: number;
  /** By the authority's clock, ms since 1970. */
  readonly atMs: number;
  /** The common name in its certificate. */
  readonly authority: string;
}

/** `wrong`: it is no stamp of this text; `unknown`: it is by an authority that the reader did not name. */
export type StampVerdict = Omit<HeldStamp, 'size'> | 'wrong' | 'unknown';

/** Judges stamps by the authorities whom the reader trusts. */
export interface StampJudge {
  /** @param text what should have been stamped */
  judge(token: Uint8Array, text: Uint8Array): Promise<StampVerdict>;
}
