import type { GateClaim } from '../../src/grants/slots/gate-claim.js';

/** What the gate holds of a campaign, once it is at rest. */
export interface GateSnapshot {
  /** Slots that are being paid. */
  readonly processing: readonly number[];
  /** Slot -> who holds it while it is being paid. */
  readonly holders: ReadonlyMap<number, string>;
  /** Everybody whom the gate remembers, by user. */
  readonly claims: ReadonlyMap<string, GateClaim>;
  /** Who waits, the next one first. */
  readonly line: readonly string[];
  /** Places in the line that are not known to be durable. */
  readonly lineLeases: readonly string[];
}
