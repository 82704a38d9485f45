import type { Fault } from './fault.js';
import type { Stage } from './stage.js';

/** A place at which a process is broken, and what brings it there. */
export interface CrashPoint extends Omit<Fault, 'action'> {
  /** How often it must be reached; 1 unless another is named. */
  readonly reach?: number;
  readonly provider: 'ledger' | 'http';
  /** Has clients do what leads there, and fulfils once each of them has a definite answer. Its name tells cases apart. */
  readonly provoke: (stage: Stage) => Promise<void>;
}

export type CrashCase = CrashPoint & Fault;
