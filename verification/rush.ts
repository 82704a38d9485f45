import { runCommand } from '../tools/command.js';
import { LiveProgress } from './rush/live-progress.js';
import { LoadGenerator } from './rush/load.js';
import { OwnService } from './rush/own-service.js';
import { checkService } from './rush/preflight.js';
import { printReport } from './rush/print-report.js';
import { Rush } from './rush/rush.js';
import { readRushOptions, rushCommand } from './rush/rush-options.js';
import { reportOn } from './rush/rush-report.js';
import { runningTarget } from './rush/rush-target.js';
import { loadDotEnv } from '../tools/stack/dot-env.js';
import { StopSignals } from '../tools/stack/stop-signals.js';

const interrupted = 130;

runCommand(rushCommand, async (args) => {
  loadDotEnv();
  const options = readRushOptions(args);
  const signals = new StopSignals();
  const progress = new LiveProgress();
  const own = options.url === undefined ? new OwnService(signals, (line) => progress.say(line)) : undefined;
  let generator: LoadGenerator | undefined;
  let succeeded = false;
  try {
    const target = own ? await own.start() : await runningTarget(options.url ?? '');
    if (!target || signals.isRequested) return interrupted;
    if (!own) await checkService(target);
    generator = new LoadGenerator();
    const rush = new Rush(target, options, generator, progress).run();
    const findings = await Promise.race([rush, signals.requested, ...(own ? [own.untilOneFails()] : [])]);
    if (!findings) {
      rush.catch(() => undefined); // it fails because its servers are stopped
      return interrupted;
    }
    const rssMb = own ? await own.peakRss() : { api: null, worker: null };
    const report = reportOn({ ...findings, rssMb });
    progress.endLine();
    printReport(report);
    if (options.json) console.log(JSON.stringify(report));
    succeeded = report.audit.ok && report.errors === 0;
    return succeeded ? 0 : 1;
  } catch (error) {
    // Ctrl-C also reaches the child program that is being waited for, which then fails.
    if (signals.isRequested) return interrupted;
    throw error;
  } finally {
    progress.endLine();
    generator?.stop();
    if (own && !succeeded && !signals.isRequested) console.error(await own.lastLogLines());
    await own?.stop();
  }
});
