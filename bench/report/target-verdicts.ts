import type { Target } from '../figures/figure.js';
import type { Spread, Spreads } from './statistics.js';

export interface TargetVerdict {
  readonly target: Target;
  /** The spread of the ratio, or of our figure itself. */
  readonly spread: Spread;
  readonly isReached: boolean;
}

/** Judges the targets for which this run has figures, by their medians. */
export function judgeTargets(targets: readonly Target[], figures: Spreads, ratios: Spreads): TargetVerdict[] {
  return targets.flatMap((target) => {
    const { figure, against, atLeast = -Infinity, atMost = Infinity } = target;
    const spread = against === 'itself' ? figures[figure]?.ours : ratios[figure]?.[against];
    if (spread === undefined) return [];
    return [{ target, spread, isReached: spread.median >= atLeast && spread.median <= atMost }];
  });
}
