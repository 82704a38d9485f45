import type { FaultKind, GatePart } from './fault-kinds.js';

/** A planned fault. */
export interface PlannedFault {
  readonly kind: FaultKind;
  /**
   * A process (`api1`, `worker2`, `redis`, …), or the instance that owns the link; `all`: the link of every instance;
   * `busiest`: the one link that carries most when the fault begins, where no plan can know who uses it.
   */
  readonly target: string;
  /** ms from the start of the run. */
  readonly atMs: number;
  /** Minimum: the fault lasts until it has had an effect. */
  readonly durationMs: number;
  /** The key of the gate to remove; if missing, the next one that exists. */
  readonly part?: GatePart;
  /**
   * The permitted loss: rows that were committed between `atMs` and the end of the fault. The run's record has the
   * exact times (`Loss`).
   */
  readonly declares?: 'rows-lost';
}
