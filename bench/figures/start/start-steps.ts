/** What a start says when, by `performance.now()`. */
export interface Heard {
  readonly line: string;
  readonly at: number;
}

export const stepNames = ['tool', 'servers', 'service', 'claim'] as const;
export type StepName = (typeof stepNames)[number];

/**
 * What a start takes its time for, in seconds: npm and our tool until it starts the servers; PostgreSQL, Redis and the
 * migrations, and the service, which are told apart only where there was something to migrate; and the first claim. Without
 * migrations `service` holds the servers, too.
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
