import { LogHealth } from '../../src/transparency/sequencer/log-health.js';
import type { RunningApp } from './world.js';

/** Whether this worker writes the log. */
export function inProgress({ app }: RunningApp): boolean {
  return app.get(LogHealth).isWriting;
}
