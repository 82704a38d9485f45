import { parseObject } from './json-lines.js';
import { UnusableInputError } from './unusable-input.js';

type Counts = Readonly<Record<string, number>>;

/** Which faults a run was to meet, and which it met, by kind. */
export interface FaultPlan {
  readonly planned: Counts;
  readonly fired: Counts;
}

function readCounts(value: unknown): Counts | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const counts: unknown[] = Object.values(value);
  const areCounts = counts.every(
    (count) => typeof count === 'number' && Number.isInteger(count) && count >= 0,
  );
  return areCounts ? (value as Counts) : undefined;
}

/** @throws UnusableInputError */
export function parseFaultPlan(text: string): FaultPlan {
  const document = parseObject(text);
  const [planned, fired] = [readCounts(document?.planned), readCounts(document?.fired)];
  if (!planned || !fired)
    throw new UnusableInputError('The faults must be {"planned":{kind: count},"fired":{kind: count}}.');
  return { planned, fired };
}

/** Says of each kind that fired less often than planned that it did: such a run proves less than it set out to. */
export function faultsThatDidNotFire({ planned, fired }: FaultPlan): string[] {
  return Object.entries(planned).flatMap(([kind, count]) => {
    const met = fired[kind] ?? 0;
    return met < count ? [`fault ${kind} was planned ${count} times and fired ${met} times`] : [];
  });
}
