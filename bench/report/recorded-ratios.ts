import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { projectRoot } from '../../tools/stack/project-folders.js';
import type { BenchSettings } from '../bench-options.js';
import { contestantNames } from '../contestants/contestant.js';
import type { Figure } from '../figures/figure.js';
import { numberText } from './number-text.js';
import type { Spreads } from './statistics.js';

export interface RecordedRatios {
  readonly settings: BenchSettings;
  readonly ratios: Spreads;
}

const file = join(projectRoot, 'bench', 'recorded-ratios.json');
/**
 * How much worse than recorded a ratio may be. A regression also requires that even its best round is outside the
 * recorded spread.
 */
const tolerance = 0.25;

export async function recordRatios(recorded: RecordedRatios): Promise<string> {
  await writeFile(file, `${JSON.stringify(recorded, roundedNumbers, 2)}\n`);
  return file;
}

/** Undefined if nothing has been recorded. */
export async function readRecordedRatios(): Promise<RecordedRatios | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as RecordedRatios);
}

/** Sentences about the ratios that are worse than recorded; empty if none is. */
export function regressions(
  figures: readonly Figure[],
  now: RecordedRatios,
  recorded: RecordedRatios | undefined,
): string[] {
  if (!recorded) return ['No ratios have been recorded to compare with: npm run bench -- --record'];
  if (!isDeepStrictEqual(recorded.settings, now.settings))
    return ['The recorded ratios are of other settings, so there is nothing to compare with.'];
  return figures.flatMap(({ name, better }) =>
    contestantNames.flatMap((contestant) => {
      const [was, is] = [recorded.ratios[name]?.[contestant], now.ratios[name]?.[contestant]];
      if (!was || !is) return [];
      const isWorse =
        better === 'higher'
          ? is.max < was.min && is.median < was.median * (1 - tolerance)
          : is.min > was.max && is.median > was.median / (1 - tolerance);
      if (!isWorse) return [];
      return [
        `${name}, ours / ${contestant}: ${numberText(is.median)} now, ${numberText(was.median)} recorded.`,
      ];
    }),
  );
}

function roundedNumbers(_: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(4)) : value;
}
