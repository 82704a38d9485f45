import { FUZZ_SEED } from './fuzz-seed.js';

const EXAMPLES = 2;

/** The faults found in the service, by kind, with the first examples of each. */
export class Findings {
  private readonly kinds = new Map<string, { count: number; examples: string[] }>();

  add(kind: string, example: string): void {
    const found = this.kinds.get(kind) ?? { count: 0, examples: [] };
    this.kinds.set(kind, found);
    found.count++;
    if (found.examples.length < EXAMPLES) found.examples.push(example);
  }

  /** Throws with all findings, and with how to reproduce them. */
  expectNone(): void {
    if (this.kinds.size === 0) return;
    const kinds = [...this.kinds].map(
      ([kind, { count, examples }]) => `${kind} (${count} times)\n${examples.join('\n')}`,
    );
    throw new Error(`Reproduce with FUZZ_SEED=${FUZZ_SEED}\n\n${kinds.join('\n\n')}`);
  }
}
