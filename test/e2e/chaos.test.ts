import { spawn } from 'node:child_process';
import { IS_DEEP } from '../support/depth.js';
import { catalogueOf, type Provider } from '../../verification/chaos/plan/fault-kinds.js';

const SECONDS = 15;
/** Three consecutive seeds meet every kind of fault. */
const SEEDS = IS_DEEP ? [1, 2, 3] : [1];
/** Runs of one seed. A run on a busy machine may be invalid: a planned fault met no traffic, so it shows nothing. */
const TRIES = 3;
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

/** The first run of this seed that is valid, or that broke a promise. */
async function validChaos(seed: number): ReturnType<typeof chaos> {
  for (let left = TRIES - 1; ; left -= 1) {
    const run = await chaos(seed);
    if (run.report.valid || run.report.violations.length > 0 || left === 0) return run;
  }
}

const met = new Set<string>();

describe('a random nemesis', () => {
  it.each(SEEDS)(
    'breaks no promise, seed %i',
    async (seed) => {
      const { code, report } = await validChaos(seed);
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
    TRIES * 200_000,
  );

  if (IS_DEEP)
    it('meets every kind of fault over all seeds', () => {
      const { servers, links, bank } = catalogueOf(PROVIDER);
      expect([...met].sort()).toEqual([...servers, ...links, ...bank].sort());
    });
});
