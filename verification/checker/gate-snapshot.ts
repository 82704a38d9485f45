import type { GateClaim } from '../../src/grants/slots/gate-claim.js';

/** A campaign's gate, once the campaign is at rest. */
export interface GateSnapshot {
  /** Slots in processing. */
  readonly processing: readonly number[];
  /** Slot -> its holder while it is in processing. */
  readonly holders: ReadonlyMap<number, string>;
  /** Everybody that the gate remembers, by user. */
  readonly claims: ReadonlyMap<string, GateClaim>;
  /** The waiting line, its head first. */
  readonly line: readonly string[];
  /** Users whose place in the line is not known to be durable. */
  readonly lineLeases: readonly string[];
}
