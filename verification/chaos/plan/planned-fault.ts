import type { FaultKind, GatePart } from './fault-kinds.js';

/** A fault that is to happen. */
export interface PlannedFault {
  readonly kind: FaultKind;
  /** One of a kind's processes (`api1`, `worker2`, `redis`, …), or for a link whose it is; `all`: everybody's. */
  readonly target: string;
  /** From the start of the run. */
  readonly atMs: number;
  /** At least: it lasts until it has had an effect. */
  readonly durationMs: number;
  /** Which key of the gate goes, or the next one that there is. */
  readonly part?: GatePart;
  /**
   * What may be missing afterwards, by right: rows that were committed between `atMs` and the end of the fault. When that
   * was, to the ms, the record of the run says (`Loss`).
   */
  readonly declares?: 'rows-lost';
}
