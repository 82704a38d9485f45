/** An output line of a start, with its time by `performance.now()`. */
export interface Heard {
  readonly line: string;
  readonly at: number;
}

export const stepNames = ['tool', 'servers', 'service', 'claim'] as const;
export type StepName = (typeof stepNames)[number];

/**
 * Durations of the steps of a start, in seconds: npm and our tool until the servers are started; PostgreSQL, Redis and
 * the migrations; the service; and the first claim. Servers and service can be separated only if there was something to
 * migrate. Without migrations, `service` includes the servers.
 */
export function startSteps(
  begunAt: number,
  lines: readonly Heard[],
  claimedAt: number,
): Partial<Record<StepName, number>> {
  const first = (what: RegExp): number | undefined => lines.find(({ line }) => what.test(line))?.at;
  const ends: [StepName, number | undefined][] = [
    ['tool', first(/^Starting PostgreSQL/)],
    ['servers', lines.findLast(({ line }) => line.startsWith('Migrated:'))?.at],
    ['service', first(/"Listening"/)],
    ['claim', claimedAt],
  ];
  const steps: Partial<Record<StepName, number>> = {};
  let from = begunAt;
  for (const [name, end] of ends) {
    if (end === undefined) continue;
    steps[name] = (end - from) / 1_000;
    from = end;
  }
  return steps;
}
