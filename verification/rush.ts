import { runCommand } from '../tools/command.js';
import { cleanUp } from './rush/clean-up.js';
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
import { inviteToWatch } from './rush/watch.js';

const interrupted = 130;

runCommand(rushCommand, async (args) => {
  loadDotEnv();
  const options = readRushOptions(args);
  const signals = new StopSignals();
  const progress = new LiveProgress();
  const own =
    options.url === undefined
      ? new OwnService(signals, (line) => progress.say(line), options.watch)
      : undefined;
  let generator: LoadGenerator | undefined;
  let undo: (() => Promise<void>) | undefined;
  let succeeded = false;
  try {
    const target = own ? await own.start() : await runningTarget(options.url ?? '');
    if (!target || signals.isRequested) return interrupted;
    if (!own) await checkService(target);
    generator = new LoadGenerator();
    const rush = new Rush(target, options, generator, progress);
    if (!own && !options.keep)
      undo = async () => {
        await rush.abandon();
        if (rush.traces) progress.say(await cleanUp(target, rush.traces));
      };
    if (options.watch) await inviteToWatch(target, progress, signals.requested);
    if (signals.isRequested) return interrupted;
    const running = rush.run();
    const findings = await Promise.race([running, signals.requested, ...(own ? [own.untilOneFails()] : [])]);
    if (!findings) {
      running.catch(() => undefined); // it fails because its servers are stopped, or what it made is undone
      return interrupted;
    }
    const rssMb = own ? await own.peakRss() : { api: null, worker: null };
    const report = reportOn({ ...findings, rssMb });
    progress.endLine();
    printReport(report);
    if (options.json) console.log(JSON.stringify(report));
    succeeded = report.audit.ok && report.errors === 0;
    if (own && options.watch) {
      progress.say(`The service stays up at ${target.url}/console until Ctrl-C.`);
      await Promise.race([signals.requested, own.untilOneFails()]);
    }
    return succeeded ? 0 : 1;
  } catch (error) {
    // Ctrl-C also reaches the child program that is being waited for, which then fails.
    if (signals.isRequested) return interrupted;
    throw error;
  } finally {
    progress.endLine();
    generator?.stop();
    await undo?.().catch((error: unknown) => {
      progress.say(`What the rush has made is still there: ${String(error)}`);
    });
    if (own && !succeeded && !signals.isRequested) console.error(await own.lastLogLines());
    await own?.stop();
  }
});
