import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CheckpointFile } from '../../../../src/transparency/log/checkpoint-file.js';
import {
  CheckpointStoreSilent,
  TimelyCheckpointStore,
} from '../../../../src/transparency/log/timely-checkpoint-store.js';
import { eventually } from '../../../support/eventually.js';

// A pipe without a writer stands for a volume that hangs: opening it waits, in a thread.

const DEADLINE_MS = 300;

let path: string;
let opened: number;
let store: TimelyCheckpointStore;

class Counted extends CheckpointFile {
  override read(): Promise<string | null> {
    opened += 1;
    return super.read();
  }
}

beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), 'seonchak-checkpoint-')), 'checkpoint');
  execFileSync('mkfifo', [`${path}.1`]);
  opened = 0;
  store = new TimelyCheckpointStore(new Counted(path), DEADLINE_MS);
});

/** Whoever still waits for the pipe goes on: the process could not end otherwise. */
afterEach(() => closeSync(openSync(`${path}.1`, 'a+')));

/** The volume answers again. */
const mend = (): void => writeFileSync(`${path}.1`, 'one\n');

it('says that the store is silent, takes one thread however often it is asked, and goes on when it answers', async () => {
  for (let time = 0; time < 3; time++) await expect(store.read()).rejects.toThrow(CheckpointStoreSilent);
  expect(opened).toBe(1);
  mend();
  rmSync(`${path}.1`);
  writeFileSync(`${path}.1`, 'one\n');
  await eventually(async () => expect(await store.read()).toBe('one\n'));
  await store.replace('one\n', 'two\n');
  expect(await store.read()).toBe('two\n');
});

it('begins nothing new while a checkpoint is being kept, so it is kept before the store is read again', async () => {
  await expect(store.replace('one\n', 'two\n')).rejects.toThrow(CheckpointStoreSilent);
  await expect(store.read()).rejects.toThrow(CheckpointStoreSilent);
  expect(opened).toBe(0);
  mend(); // what was begun goes on
  await eventually(async () => expect(await store.read()).toBe('two\n'));
});

it('is told what fails, and fails again by itself only', async () => {
  rmSync(`${path}.1`);
  await expect(store.replace('other\n', 'two\n')).rejects.toThrow('Another checkpoint');
  await store.replace(null, 'two\n');
  expect(await store.read()).toBe('two\n');
});
