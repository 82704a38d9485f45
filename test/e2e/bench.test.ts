import { spawn } from 'node:child_process';
import { contestantNames } from '../../bench/contestants/contestant.js';
import { families } from '../../bench/figures/families.js';

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `npm run bench -- …` */
function bench(...args: string[]): Promise<Run> {
  const child = spawn(process.execPath, ['tools/run.mjs', 'bench', ...args], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

const spread = { median: expect.any(Number), min: expect.any(Number), max: expect.any(Number) };
const each = (names: readonly string[], value: unknown) =>
  Object.fromEntries(names.map((name) => [name, value]));
const others = contestantNames.filter((name) => name !== 'ours');

describe('npm run bench', () => {
  it('makes each contestant do the whole job, and prints all figures and ratios in one object', async () => {
    const size = ['--rounds', '1', '--seconds', '0.4', '--capacity', '60', '--connections', '8'];
    const { code, stdout, stderr } = await bench(...size, '--json');
    const told = { code, end: stderr.slice(-2_000) };
    expect(told).toMatchObject({ code: 0 });
    const { figures, ratios } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    for (const figure of ['accepts', 'sold-out', 'status', 'sold-out-p99']) {
      expect(figures[figure]).toEqual(each(contestantNames, spread));
      expect(ratios[figure]).toEqual(each(others, expect.any(Number)));
      for (const name of contestantNames) expect(figures[figure][name].median).toBeGreaterThan(0);
    }
    expect(figures.paid).toEqual(each(['ours', 'seed'], spread));
    expect(ratios.paid).toEqual({ seed: expect.any(Number) });
    // A contestant that gives a wrong answer, or accepts too few, gets a remark.
    const wrong = stdout
      .split('\n')
      .filter((line) => /^! .*(answers|accepted|without an answer|paid)/.test(line));
    expect(wrong).toEqual([]);
  }, 120_000);

  it('measures capacity without the other contestants, and prints all of its figures', async () => {
    // What fewer slots take is less than what Redis' own buffers vary by.
    const size = ['--rounds', '1', '--capacity', '400', '--connections', '8', '--quick'];
    const { code, stdout, stderr } = await bench('capacity', ...size, '--json');
    const told = { code, end: stderr.slice(-2_000) };
    expect(told).toMatchObject({ code: 0 });
    const { figures, ratios } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    const gates = ['create', 'rebuild'].flatMap((what) => [
      ...['10x', '20x', '40x', 'unevenness'].map((figure) => `${what}-${figure}`),
    ]);
    gates.push('rebuild-full');
    const bytes = ['available', 'processing', 'settled'].map((state) => `${state}-bytes`);
    const costs = ['1x', '100x', 'growth'].map((figure) => `claim-cpu-${figure}`);
    expect(figures).toEqual(each([...costs, ...bytes, ...gates], { ours: spread }));
    for (const figure of [...bytes, ...gates]) expect(figures[figure].ours.median).toBeGreaterThan(0);
    // A claimed slot has a user's record in Redis, a free slot has none.
    expect(figures['processing-bytes'].ours.median).toBeGreaterThan(figures['available-bytes'].ours.median);
    expect(ratios).toEqual({});
    expect(stdout.split('\n').filter((line) => /^! .*(claims|slots)/.test(line))).toEqual([]);
  }, 120_000);

  it('measures what the log and pages cost, and prints all of their figures', async () => {
    const size = ['--rounds', '1', '--seconds', '0.4', '--capacity', '60', '--connections', '8'];
    const small = ['--requests', '300', '--pages', '400'];
    const { code, stdout, stderr } = await bench('log', 'pages', ...size, ...small, '--json');
    expect({ code, end: stderr.slice(-2_000) }).toMatchObject({ code: 0 });
    const { figures } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    const asked = [...families.log.figures, ...families.pages.figures].map(({ name }) => name);
    expect(figures).toEqual(each(asked, { ours: spread }));
    for (const figure of asked.filter((name) => !name.endsWith('-cpu')))
      expect([figure, figures[figure].ours.median > 0]).toEqual([figure, true]);
    // Wrong answers, receipts that were not given, and proofs that do not hold get a remark.
    expect(
      stdout.split('\n').filter((line) => /^! .*(claims|reads|requests|Receipts|proof)/.test(line)),
    ).toEqual([]);
  }, 240_000);

  it('measures a fleet beside the textbook design, and prints what one core of each server carries', async () => {
    const size = ['--rounds', '1', '--capacity', '300', '--connections', '8'];
    const { code, stdout, stderr } = await bench('fleet', ...size, '--json');
    expect({ code, end: stderr.slice(-2_000) }).toMatchObject({ code: 0 });
    const { figures, ratios } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    const asked = families.fleet.figures.map(({ name }) => name);
    const ofBoth = ['fleet-accepts', 'fleet-paid', 'fleet-postgres-cpu', 'fleet-redis-cpu'];
    const aCore = ['redis-claims-a-core', 'postgres-paid-a-core'];
    expect(Object.keys(figures).sort()).toEqual([...asked].sort());
    for (const figure of asked) expect([figure, figures[figure].ours.median > 0]).toEqual([figure, true]);
    for (const figure of [...ofBoth, ...aCore]) expect(ratios[figure].seed).toBeGreaterThan(0);
    expect(stdout).toMatch(
      /(Redis|PostgreSQL) is the limit, at [\d,]+ claims a second until they are paid\./,
    );
    expect(stdout.split('\n').filter((line) => /^! .*accepted/.test(line))).toEqual([]);
  }, 240_000);

  it('measures connections, campaigns, one person, refusals and a provider, and prints all of their figures', async () => {
    const size = ['--rounds', '1', '--seconds', '0.4', '--capacity', '60', '--connections', '8'];
    const named = ['connections', 'campaigns', 'quiet', 'refusals', 'provider'] as const;
    const { code, stdout, stderr } = await bench(...named, ...size, '--json');
    expect({ code, end: stderr.slice(-2_000) }).toMatchObject({ code: 0 });
    const { figures } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    const asked = named.flatMap((name) => families[name].figures.map((figure) => figure.name));
    expect(Object.keys(figures).sort()).toEqual([...asked].sort());
    for (const figure of asked.filter((name) => !name.includes('cpu') && !name.endsWith('-a-core')))
      expect([figure, figures[figure].ours.median >= 0]).toEqual([figure, true]);
    for (const count of [16, 128, 512])
      expect(figures[`sold-out-p99-${count}`].framework.median).toBeGreaterThan(0);
    expect(stdout.split('\n').filter((line) => /^! .*(answers|accepted|claims|refused)/.test(line))).toEqual(
      [],
    );
  }, 240_000);

  it('says what is wrong with its options, and exits with 2', async () => {
    const { code, stdout, stderr } = await bench('--contestants', 'theirs');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('--contestants takes some of ours, framework');
    expect(stderr).toContain('"theirs"');
  });
});
