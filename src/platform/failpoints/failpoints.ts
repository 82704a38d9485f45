import { Injectable } from '@nestjs/common';
import { EventLog } from '../logging/event-log.js';
import { Environment } from '../config/environment.js';
import type { FailpointAction } from '../config/settings/process.js';
import { ConfigurationError } from '../config/configuration-error.js';
import { type Failpoint, isFailpoint } from './failpoint.js';

/**
 * Places between two steps of a flow at which a test can make this process die, freeze or fail, by setting FAILPOINTS.
 * Reaching a failpoint that is not set does nothing; in production none can be set.
 */
@Injectable()
export class Failpoints {
  private readonly log = new EventLog(Failpoints.name);
  private readonly armed = new Map<Failpoint, { readonly action: FailpointAction; reachesLeft: number }>();

  /** @throws ConfigurationError when FAILPOINTS names an unknown failpoint: a fault that cannot fire proves nothing */
  constructor({ FAILPOINTS }: Environment) {
    for (const [, name = '', action = '', reach = '1'] of (FAILPOINTS ?? '').matchAll(ENTRY)) {
      if (!isFailpoint(name))
        throw new ConfigurationError(`FAILPOINTS names ${name}, which is not a failpoint`);
      this.armed.set(name, { action: action as FailpointAction, reachesLeft: Number(reach) });
    }
  }

  /**
   * Does not return if the process is to die now; returns after SIGCONT if it is to freeze.
   * @throws FailpointError if this failpoint is to fail now
   */
  reach(name: Failpoint): void {
    const armed = this.armed.get(name);
    if (!armed || --armed.reachesLeft !== 0) return;
    switch (armed.action) {
      case 'kill':
        process.kill(process.pid, 'SIGKILL');
        return;
      case 'stop':
        process.kill(process.pid, 'SIGSTOP');
        return;
      case 'error':
        this.log.write('failpoint-failed', { failpoint: name });
        throw new FailpointError(`The failpoint ${name} fails, as it was set to.`);
    }
  }
}

const ENTRY = /([a-z-]+\.[a-z-]+):([a-z]+)(?:@(\d+))?/g;

export class FailpointError extends Error {
  override readonly name = 'FailpointError';
}
