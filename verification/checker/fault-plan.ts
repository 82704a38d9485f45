import { parseObject } from './json-lines.js';
import type { Loss } from './loss.js';
import { UnusableInputError } from './unusable-input.js';

type Counts = Readonly<Record<string, number>>;

/** The planned and the fired faults of a run, by kind, and their permitted losses. */
export interface FaultPlan {
  readonly planned: Counts;
  readonly fired: Counts;
  readonly losses: readonly Loss[];
}

function readCounts(value: unknown): Counts | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const counts: unknown[] = Object.values(value);
  const areCounts = counts.every(
    (count) => typeof count === 'number' && Number.isInteger(count) && count >= 0,
  );
  return areCounts ? (value as Counts) : undefined;
}

function readLoss(value: unknown): Loss | undefined {
  const { from, to, noticed } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof from !== 'number' || typeof to !== 'number' || typeof noticed !== 'number') return undefined;
  return from <= to && to <= noticed ? { from, to, noticed } : undefined;
}

function readLosses(value: unknown): Loss[] | undefined {
  if (value === undefined) return [];
  if (!Array.isArray(value)) return undefined;
  const losses = value.map(readLoss);
  return losses.every((loss) => loss !== undefined) ? losses : undefined;
}

/** @throws UnusableInputError */
export function parseFaultPlan(text: string): FaultPlan {
  const document = parseObject(text);
  const [planned, fired] = [readCounts(document?.planned), readCounts(document?.fired)];
  const losses = readLosses(document?.losses);
  if (!planned || !fired || !losses)
    throw new UnusableInputError(
      'The faults must be {"planned":{kind: count},"fired":{kind: count},"losses":[{"from":ms,"to":ms,"noticed":ms}]}; losses may be left out.',
    );
  return { planned, fired, losses };
}

/** Says of each kind that fired less often than planned that it did: such a run proves less than it set out to. */
export function faultsThatDidNotFire({ planned, fired }: FaultPlan): string[] {
  return Object.entries(planned).flatMap(([kind, count]) => {
    const met = fired[kind] ?? 0;
    return met < count ? [`fault ${kind} was planned ${count} times and fired ${met} times`] : [];
  });
}
