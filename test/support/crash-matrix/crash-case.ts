import type { Fault } from './fault.js';
import type { Stage } from './stage.js';

/** A point at which a process is broken, and what brings the process there. */
export interface CrashPoint extends Omit<Fault, 'action'> {
  /** How often the point must be reached before the fault fires; 1 by default. */
  readonly reach?: number;
  readonly provider: 'ledger' | 'http';
  /** Makes clients do what leads there; resolves once each has a definite answer. Its name distinguishes cases. */
  readonly provoke: (stage: Stage) => Promise<void>;
}

export type CrashCase = CrashPoint & Fault;
