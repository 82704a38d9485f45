import type { FailpointAction } from '../../../src/platform/config/settings/process.js';
import type { Failpoint } from '../../../src/platform/failpoints/failpoint.js';

/** At which point a process of which role is to break, and how. */
export interface Fault {
  readonly point: Failpoint;
  readonly role: 'api' | 'worker';
  readonly action: FailpointAction;
}
