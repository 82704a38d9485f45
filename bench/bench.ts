import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../tools/command.js';
import { projectRoot } from '../tools/stack/project-folders.js';
import { StopSignals } from '../tools/stack/stop-signals.js';
import { Arena } from './arena.js';
import { benchCommand, type BenchOptions, readBenchOptions } from './bench-options.js';
import { contestantNames } from './contestants/contestant.js';
import { families } from './figures/families.js';
import { FigureBook } from './figures/figure-book.js';
import { drawPicture } from './report/picture.js';
import { printReport } from './report/print-report.js';
import { readRecordedRatios, recordRatios, regressions } from './report/recorded-ratios.js';
import { figuresOf, ratiosOf } from './report/statistics.js';

const interrupted = 130;
/**
 * Time limit of a quick run in ms, from the start of the first server to the end of the last round. Stopping takes
 * additional time.
 */
const quickBudgetMs = 75_000;

const say = (line: string): void => console.error(line);

/** Whether the results may go into the documentation: measured in enough rounds and under the documented conditions. */
function isForTheDocs({ rounds, settings }: BenchOptions): boolean {
  const { connections, capacity, repeaters, badTokens } = settings;
  return rounds >= 3 && connections === 128 && capacity === 10_000 && repeaters === 0 && badTokens === 0;
}

async function measure(arena: Arena, options: BenchOptions): Promise<void> {
  const endsBy = options.quick ? performance.now() + quickBudgetMs : Infinity;
  await arena.start();
  const { rounds, settings, requests, pages, quick: isQuick } = options;
  const book = new FigureBook();
  const remarks = new Set<string>();
  const asked = options.families.map((name) => families[name]);
  const [appendix, pictures] = [[] as string[], new Map<string, string>()];
  const measuring = {
    arena,
    rounds,
    endsBy,
    settings,
    requests,
    pages,
    isQuick,
    book,
    remarks,
    appendix,
    pictures,
    say,
  };
  const failure = arena.untilOneFails();
  for (const family of asked) await Promise.race([family.measure(measuring), failure]);

  const figures = asked.flatMap((family) => family.figures);
  const targets = asked.flatMap((family) => family.targets);
  const [spreads, ratios] = [figuresOf(book), ratiosOf(book)];
  if (!arena.pinnedTo) remarks.add('Nothing was pinned: servers and generator shared the same cores.');
  printReport(figures, targets, spreads, ratios, appendix, remarks);
  if (options.quick && options.families.includes('rush')) {
    const worse = regressions(figures, { settings, ratios }, await readRecordedRatios());
    for (const sentence of worse) console.log(`WARNING ${sentence}`);
    if (worse.length === 0) console.log('No ratio is worse than recorded.');
  }
  if (options.record && options.families.includes('rush'))
    say(`Recorded in ${await recordRatios({ settings, ratios })}.`);
  if (options.families.includes('rush') && options.contestants.length === contestantNames.length) {
    const caption = `Medians of ${rounds} rounds, ${settings.connections} connections; the lines show the spread.`;
    pictures.set('bench.svg', drawPicture(families.rush.figures.slice(0, 3), spreads, caption));
  }
  if (isForTheDocs(options)) {
    for (const [name, picture] of pictures) {
      await writeFile(join(projectRoot, 'docs', name), picture);
      say(`Drawn: docs/${name}.`);
    }
  }
  if (options.json) {
    const medians = Object.entries(ratios).map(([figure, byContestant]) => [
      figure,
      Object.fromEntries(Object.entries(byContestant).map(([name, { median }]) => [name, median])),
    ]);
    console.log(JSON.stringify({ figures: spreads, ratios: Object.fromEntries(medians) as unknown }));
  }
}

runCommand(benchCommand, async (args) => {
  const options = readBenchOptions(args);
  const signals = new StopSignals();
  const areContestantsNeeded = options.families.some((name) => families[name].needsContestants);
  const arena = new Arena(areContestantsNeeded ? options.contestants : [], signals, say);
  try {
    const work = measure(arena, options).then(() => 0);
    const code = await Promise.race([work, signals.requested]);
    if (code !== undefined) return code;
    work.catch(() => undefined); // it fails because its servers are stopped
    return interrupted;
  } catch (error) {
    // Ctrl-C also reaches the child program that is being waited for, which then fails.
    if (signals.isRequested) return interrupted;
    say(await arena.lastLogLines());
    throw error;
  } finally {
    await arena.stop();
  }
});
