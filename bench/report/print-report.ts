import type { Figure, Target } from '../figures/figure.js';
import type { Spreads } from './statistics.js';
import { figureTable, ratioTable } from './tables.js';

/** Prints the report for people. */
export function printReport(
  figures: readonly Figure[],
  targets: readonly Target[],
  spreads: Spreads,
  ratios: Spreads,
  appendix: readonly string[],
  remarks: Iterable<string>,
): void {
  console.log(`\n${figureTable(figures, spreads)}`);
  console.log(`\n${ratioTable(figures, targets, spreads, ratios)}\n`);
  for (const text of appendix) console.log(`${text}\n`);
  for (const remark of remarks) console.log(`! ${remark}`);
}
