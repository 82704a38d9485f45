import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { COSIGNATURE, formatVerifierKey, makeSignerKey } from '../../src/transparency/formats/note-key.js';
import { findPromtoolBinary } from '../../tools/stack/servers/promtool-binary.js';
import { dashboardFiles, readRules, RULES_FOLDER } from '../support/operators-files.js';
import { logVariables } from '../support/log-reader.js';
import { metricsIn } from '../support/promql-metrics.js';
import { World } from '../support/world.js';

const run = promisify(execFile);

describe('the rules of deploy/prometheus', () => {
  it('are valid, and each alert fires and rests as rules.test.yaml says', async () => {
    const { program, env } = await findPromtoolBinary(console.log);
    const promtool = (...args: string[]): Promise<{ stdout: string }> =>
      run(program, args, { cwd: RULES_FOLDER, env });
    expect((await promtool('check', 'rules', 'rules.yaml')).stdout).toContain('SUCCESS');
    expect((await promtool('test', 'rules', 'rules.test.yaml')).stdout).toContain('SUCCESS');
  });
});

it('an instance of role all, with a log and a witness, has every metric that a rule or a dashboard names', async () => {
  const silent = formatVerifierKey(makeSignerKey('silent.example', randomBytes(32), COSIGNATURE));
  const world = await World.create({
    ...logVariables(),
    TRANSPARENCY_WITNESSES: `${silent} http://127.0.0.1:1`,
    TRANSPARENCY_QUORUM: '1',
  });
  try {
    const app = await world.start('all');
    const { text } = await app.http.get('/metrics');
    const served = new Map(
      [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, kind]) => [name, kind]),
    );
    const queries = [
      ...readRules().map(({ expr }) => expr),
      ...dashboardFiles().flatMap((file) =>
        [...readFileSync(file, 'utf8').matchAll(/"expr": ("(?:[^"\\]|\\.)*")/g)].map(
          ([, expr = '""']) => JSON.parse(expr) as string,
        ),
      ),
    ];
    const named = new Set(queries.flatMap(metricsIn));
    named.delete('up'); // Prometheus' own
    expect(named.size).toBeGreaterThan(20);
    const isServed = (name: string): boolean =>
      served.has(name) || served.get(name.replace(/_(bucket|sum|count)$/, '')) === 'histogram';
    expect([...named].filter((name) => !isServed(name))).toEqual([]);
  } finally {
    await world.close();
  }
});
