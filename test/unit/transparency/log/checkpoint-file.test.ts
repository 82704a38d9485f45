import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CheckpointFile } from '../../../../src/transparency/log/checkpoint-file.js';
import { CheckpointConflict } from '../../../../src/transparency/log/checkpoint-store.js';

describe('The checkpoint file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'seonchak-checkpoint-'));
  let path = '';
  let counter = 0;
  beforeEach(() => (path = join(folder, `checkpoint-${(counter += 1)}`)));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('keeps what was put last, and nothing else', async () => {
    const file = new CheckpointFile(path);
    expect(await file.read()).toBeNull();
    await file.replace(null, 'one\n');
    await file.replace('one\n', 'two\n');
    expect(await new CheckpointFile(path).read()).toBe('two\n');
    expect(readdirSync(folder).filter((name) => name.startsWith(`checkpoint-${counter}.`))).toHaveLength(1);
  });

  it('refuses whoever does not know what was kept last', async () => {
    const file = new CheckpointFile(path);
    await file.replace(null, 'one\n');
    await file.replace('one\n', 'two\n');
    for (const expected of [null, 'one\n'])
      await expect(file.replace(expected, 'three\n')).rejects.toThrow(CheckpointConflict);
    expect(await file.read()).toBe('two\n');
  });

  it('lets one through of several that know what was kept last', async () => {
    let kept = 'note 0\n';
    await new CheckpointFile(path).replace(null, kept);
    for (let round = 1; round <= 20; round++) {
      const notes = ['a', 'b', 'c'].map((who) => `note ${round} of ${who}\n`);
      const outcomes = await Promise.allSettled(
        notes.map((note) => new CheckpointFile(path).replace(kept, note)),
      );
      const through = notes.filter((_, i) => outcomes[i]?.status === 'fulfilled');
      expect(through).toEqual([await new CheckpointFile(path).read()]);
      [kept = ''] = through;
    }
  });

  it('ignores what a process left that died before it was whole', async () => {
    const file = new CheckpointFile(path);
    await file.replace(null, 'one\n');
    writeFileSync(`${path}.1-${randomUUID()}`, 'tw');
    expect(await file.read()).toBe('one\n');
    await file.replace('one\n', 'two\n');
    expect(await file.read()).toBe('two\n');
    expect(readdirSync(folder).filter((name) => name.startsWith(`checkpoint-${counter}.`))).toHaveLength(1);
  });
});
