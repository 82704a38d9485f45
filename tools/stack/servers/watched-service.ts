import { isPortFree } from './free-port.js';
import { nestProgram, ServiceProcess, startedByUs } from './service-process.js';

const firstInspectorPort = 9229;

/** The service as `nest start --watch` runs it: compiled and restarted when a source changes, with an inspector. */
export class WatchedService extends ServiceProcess {
  // Whoever works on it may take a while to mend it, and has not asked for an end.
  protected override readonly readyDeadlineMs = Infinity;

  /** The inspector listens on 127.0.0.1, at 9229 or the next port that is free; Node prints which. */
  static async start(env: NodeJS.ProcessEnv): Promise<WatchedService> {
    let port = firstInspectorPort;
    while (!(await isPortFree(port))) port++;
    return new WatchedService(env, 'inherit', [
      ...[nestProgram, 'start', '--watch', '--watchAssets', '--preserveWatchOutput', '--no-shell'],
      ...['--debug', `127.0.0.1:${port}`, '--', startedByUs],
    ]);
  }
}
