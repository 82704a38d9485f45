import type { FailpointAction } from '../../../src/config/environment.js';
import type { Failpoint } from '../../../src/failpoints/failpoint.js';
import type { Stage } from './stage.js';

/** A place at which a process is broken, and what brings it there. */
export interface CrashPoint {
  readonly point: Failpoint;
  /** How often it must be reached; 1 unless another is named. */
  readonly reach?: number;
  readonly role: 'api' | 'worker';
  readonly provider: 'ledger' | 'http';
  /** Has clients do what leads there, and fulfils once each of them has a definite answer. */
  readonly provoke: (stage: Stage) => Promise<void>;
}

export interface CrashCase extends CrashPoint {
  readonly action: FailpointAction;
}

/** Fit for a campaign's id. */
export function nameOf({ point, role, provoke, action }: CrashCase): string {
  return `${point.replace('.', '-')}-${role}-${provoke.name}-${action}`.toLowerCase();
}
