import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { projectRoot } from '../../../tools/stack/project-folders.js';
import { residentMemoryOf } from '../../resident-memory.js';
import type { Measuring } from '../family.js';

const program = join(projectRoot, 'dist', 'verification', 'verify.js');
const lookMs = 20;

/** What a check took, the start of Node.js included. */
export interface Verified {
  readonly seconds: number;
  /** The largest resident memory; undefined if it is not known. */
  readonly peakMb: number | undefined;
}

/** Runs `npm run verify` on a saved proof. Adds a remark unless it is proven. */
export async function verifyProof({ remarks }: Measuring, path: string): Promise<Verified> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [program, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = once(child, 'close');
  let peakMb: number | undefined;
  while (child.exitCode === null && child.signalCode === null) {
    peakMb = (await residentMemoryOf(child.pid ?? 0))?.peak ?? peakMb;
    await Promise.race([ended, sleep(lookMs)]);
  }
  await ended;
  const seconds = (performance.now() - startedAt) / 1_000;
  if (child.exitCode !== 0) remarks.add(`A proof was not proven: ${said.split('\n')[0] ?? ''}`);
  return { seconds, peakMb };
}
