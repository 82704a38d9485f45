import { setTimeout as sleep } from 'node:timers/promises';
import { EventLog } from '../logging/event-log.js';
import { ConfigurationError } from '../config/configuration-error.js';
import { NoSessionError } from './postgres-failure.js';

const ATTEMPTS = 30;
const PAUSE_MS = 1_000;

/**
 * For the start: runs `work` once there is a server that takes writes. Waits half a minute for one and logs each second
 * why there is none.
 * @throws ConfigurationError at once; anything else after the last attempt
 */
export async function whenReachable<T>(work: () => Promise<T>): Promise<T> {
  const log = new EventLog('Postgres');
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (error instanceof ConfigurationError || attempt === ATTEMPTS) throw error;
      log.write('postgres-unavailable', {
        attempt,
        code: error instanceof NoSessionError ? error.code : undefined,
        cause: error instanceof Error ? error.message : String(error),
      });
      await sleep(PAUSE_MS);
    }
  }
}
