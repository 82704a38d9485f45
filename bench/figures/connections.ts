import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { testFolder } from '../../tools/stack/servers/test-folders.js';
import { spreadOf } from '../report/statistics.js';
import type { Family, Measuring } from './family.js';
import { FigureBook } from './figure-book.js';
import { RushRound } from './rush-round.js';
import { startingWith } from './turns.js';

const counts = [16, 128, 512] as const;
/** What is kept of the rush at each count. */
const kept = ['accepts', 'sold-out', 'sold-out-p99'] as const;
const fsyncs = 50;
const pageBytes = 8_192;

/** The rush at few connections and at many, beside the framework's constant answer. */
export const connections: Family = {
  needsContestants: false,
  figures: [
    ...counts.flatMap((count) => [
      { name: `accepts-${count}`, unit: '/s', better: 'higher' as const },
      { name: `sold-out-${count}`, unit: '/s', better: 'higher' as const },
      { name: `sold-out-p99-${count}`, unit: 'ms', better: 'lower' as const },
    ]),
    { name: 'fsync', unit: 'ms', better: 'lower' },
  ],
  targets: [
    { figure: 'accepts-16', against: 'framework', atLeast: 0.85 },
    ...counts.map((count) => ({
      figure: `sold-out-p99-${count}`,
      against: 'framework' as const,
      atMost: 0.5,
    })),
  ],
  measure,
};

async function measure(measuring: Measuring): Promise<void> {
  const { arena, book, rounds, settings, say } = measuring;
  const contestants = [await arena.contestant('ours'), await arena.contestant('framework')];
  const rushesAt = (count: number): { rushes: RushRound; own: FigureBook } => {
    const own = new FigureBook();
    const rushes = new RushRound({ ...measuring, book: own, settings: { ...settings, connections: count } });
    return { rushes, own };
  };
  for (const contestant of contestants) await rushesAt(settings.connections).rushes.warmUp(contestant);
  for (let round = 1; round <= rounds; round++) {
    book.write('fsync', 'ours', round, await fsyncMs());
    for (const [index, count] of startingWith([...counts.entries()], round - 1)) {
      say(`${count} connections, round ${round} of ${rounds} …`);
      const { rushes, own } = rushesAt(count);
      // A rush is named by a number, from which its users follow: nobody comes twice.
      const rush = (round - 1) * counts.length + index + 1;
      for (const contestant of startingWith(contestants, round - 1)) {
        await rushes.run(contestant, rush);
        for (const figure of kept) {
          const value = own.valuesOf(figure, contestant.name).get(rush);
          if (value !== undefined) book.write(`${figure}-${count}`, contestant.name, round, value);
        }
      }
    }
  }
}

/** The median time in which the disk of PostgreSQL's data makes one page durable. An accept waits for one at least. */
async function fsyncMs(): Promise<number> {
  const path = join(testFolder, 'fsync');
  const file = await open(path, 'w');
  const page = Buffer.alloc(pageBytes, 1);
  const times: number[] = [];
  for (let turn = 0; turn < fsyncs; turn++) {
    const from = performance.now();
    await file.write(page);
    await file.datasync();
    times.push(performance.now() - from);
  }
  await file.close();
  await rm(path);
  return spreadOf(times).median;
}
