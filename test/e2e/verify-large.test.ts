import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { peakRssMb } from '../../verification/rush/peak-memory.js';
import { writeLargeProof } from '../../verification/sample-log/large-proof.js';

const MOST_MB = 500;

it('verifies the order of a million people in bounded memory', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'seonchak-large-'));
  const proof = join(folder, 'large.proof');
  writeLargeProof(proof, 1_000_000);
  const verify = spawn(process.execPath, [join(__dirname, '../../dist/verification/verify.js'), proof]);
  let said = '';
  verify.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = once(verify, 'close');
  let peak = 0;
  while (verify.exitCode === null) {
    peak = Math.max(peak, (await peakRssMb(verify.pid)) ?? 0);
    await Promise.race([ended, sleep(100)]);
  }
  await ended;
  await rm(folder, { recursive: true });
  expect(said).toMatch(/^PROVEN: [^]*1,100,000 came: 1,000,000 paid/);
  expect(peak).toBeGreaterThan(0);
  expect(peak).toBeLessThan(MOST_MB);
}, 600_000);
