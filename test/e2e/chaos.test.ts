import { spawn } from 'node:child_process';
import { catalogueOf, type Provider } from '../../verification/chaos/plan/fault-kinds.js';

const SECONDS = 15;
/** Three consecutive seeds meet every kind of fault. */
const SEEDS = [1, 2, 3];
const PROVIDER: Provider = 'http';

interface Report {
  readonly seed: number;
  readonly valid: boolean;
  readonly invalidBecause: readonly string[];
  readonly faults: Readonly<Record<string, number>>;
  readonly operations: Readonly<Record<string, number>>;
  readonly violations: readonly string[];
}

/** Runs `npm run chaos -- …`. @returns its exit code and its report, the last line */
function chaos(seed: number): Promise<{ code: number | null; report: Report }> {
  const args = ['--seed', seed, '--seconds', SECONDS, '--provider', PROVIDER, '--json'].map(String);
  const child = spawn(process.execPath, ['tools/run.mjs', 'chaos', ...args], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      const last = stdout.trim().split('\n').at(-1) ?? '';
      if (last.startsWith('{')) resolve({ code, report: JSON.parse(last) as Report });
      else reject(new Error(`No report of seed ${seed}: exit code ${code}\n${stderr.slice(-3_000)}`));
    });
  });
}

const met = new Set<string>();

describe('a random nemesis', () => {
  it.each(SEEDS)(
    'breaks no promise, seed %i',
    async (seed) => {
      const { code, report } = await chaos(seed);
      for (const [kind, count] of Object.entries(report.faults)) if (count > 0) met.add(kind);
      const { violations, invalidBecause, valid } = report;
      expect({ violations, invalidBecause, valid, code }).toEqual({
        violations: [],
        invalidBecause: [],
        valid: true,
        code: 0,
      });
      expect(report.operations['claim unknown']).toBeGreaterThan(0);
    },
    300_000,
  );

  it('meets every kind of fault over all seeds', () => {
    const { servers, links, bank } = catalogueOf(PROVIDER);
    expect([...met].sort()).toEqual([...servers, ...links, ...bank].sort());
  });
});
