import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { formatCheckpoint, parseCheckpoint } from '../../../../src/transparency/formats/checkpoint.js';
import { decodeEntries, encodeEntries } from '../../../../src/transparency/formats/entry-bundle.js';
import { toBase64, utf8 } from '../../../../src/transparency/formats/bytes.js';
import { eligibleRoot } from '../../../../src/transparency/formats/eligible-list.js';
import { formatLeaf } from '../../../../src/transparency/formats/leaf.js';
import {
  formatVerifierKey,
  makeSignerKey,
  type SignerKey,
} from '../../../../src/transparency/formats/note-key.js';
import { formatNote, parseNote, signNote } from '../../../../src/transparency/formats/signed-note.js';
import { parseTilePath, TILE_WIDTH } from '../../../../src/transparency/formats/tile-path.js';
import { GrowingTree } from '../../../../src/transparency/log/growing-tree.js';
import { copyLog } from '../../../../src/transparency/publishing/copy-log.js';
import { logIn } from '../../../../src/transparency/publishing/log-in-folder.js';
import type { LogSource } from '../../../../src/transparency/publishing/log-source.js';
import { listOf } from '../../../support/log-kit/listed-log.js';
import { commitmentOf } from '../../../support/log-kit/receipts.js';

const KEY = makeSignerKey('test.example/log', new Uint8Array(32).fill(1));
const OTHER_KEY = makeSignerKey(KEY.name, new Uint8Array(32).fill(2));

const leavesOf = (size: number, name = 'leaf'): string[] =>
  Array.from({ length: size }, (_, index) => `${name} ${index}`);

/** The lists of a published log by their campaigns; what is not there was removed, an error is what is answered. */
type Lists = Readonly<Record<string, string | Error>>;

/** A published log of these leaves. */
async function logOf(leaves: readonly string[], key: SignerKey = KEY, lists: Lists = {}): Promise<LogSource> {
  const tree = await GrowingTree.read(() => Promise.resolve([]), 0);
  const tiles = new Map(
    tree.append(leaves).map(({ level, index, hashes }) => [`${level}/${index}`, hashes] as const),
  );
  const text = formatCheckpoint({ origin: key.name, size: leaves.length, root: tree.root });
  const texts = {
    checkpoint: formatNote({ text, signatures: [signNote(text, key)] }),
    key: `${formatVerifierKey(key)}\n`,
    policy: null,
  };
  return {
    text: (name) => Promise.resolve(texts[name]),
    tile: ({ level, index, width }) => {
      const from = index * TILE_WIDTH;
      const bytes =
        level === 'entries'
          ? encodeEntries(leaves.slice(from, from + width).map(utf8))
          : (tiles.get(`${level}/${index}`)?.slice(0, width * 32) ?? new Uint8Array());
      return Promise.resolve(bytes);
    },
    list: (campaign) => {
      const list = lists[campaign];
      if (list instanceof Error) return Promise.reject(list);
      return Promise.resolve(list === undefined ? null : Readable.from([utf8(list)]));
    },
  };
}

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seonchak-copy-'));
});

afterEach(() => rm(folder, { recursive: true }));

const files = async (): Promise<string[]> =>
  (await readdir(join(folder, 'tile'), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
    .sort();

/** The copy is what the log has: its checkpoint, its leaves, and each hash of its tree. */
async function mustHold(leaves: readonly string[]): Promise<void> {
  const log = await logOf(leaves);
  const note = await readFile(join(folder, 'checkpoint'), 'utf8');
  expect(parseCheckpoint(parseNote(note).text)).toMatchObject({ size: leaves.length });
  expect(note).toBe(await log.text('checkpoint'));
  const copy = logIn(folder);
  const ids = (await files()).map(parseTilePath);
  for (const id of ids) expect([id, await copy.tile(id)]).toEqual([id, Buffer.from(await log.tile(id))]);
  const bundles = ids.filter(({ level }) => level === 'entries').sort((a, b) => a.index - b.index);
  const held: string[] = [];
  for (const id of bundles)
    held.push(...decodeEntries(await copy.tile(id), id.width).map((entry) => Buffer.from(entry).toString()));
  expect(new Set(held)).toEqual(new Set(leaves));
}

it('keeps no narrower form of a tile that is full', async () => {
  await copyLog(await logOf(leavesOf(100)), folder);
  await copyLog(await logOf(leavesOf(200)), folder);
  expect(await files()).toEqual([
    ...['tile/0/000.p/100', 'tile/0/000.p/200', 'tile/entries/000.p/100', 'tile/entries/000.p/200'],
  ]);
  await copyLog(await logOf(leavesOf(300)), folder);
  expect(await files()).toEqual([
    ...['tile/0/000', 'tile/0/001.p/44', 'tile/1/000.p/1'],
    ...['tile/entries/000', 'tile/entries/001.p/44'],
  ]);
  await mustHold(leavesOf(300));
});

it.each([[[1, 256, 257]], [[256, 512]], [[255, 700, 700, 1100]]])('holds the log after %j', async (sizes) => {
  for (const size of sizes) await copyLog(await logOf(leavesOf(size)), folder);
  await mustHold(leavesOf(sizes.at(-1) ?? 0));
});

describe('what does not continue the copy', () => {
  const size = 300;
  beforeEach(async () => {
    await copyLog(await logOf(leavesOf(size)), folder);
  });

  it.each([
    ['a longer log by another key', leavesOf(400), OTHER_KEY],
    ['a longer log of another history', leavesOf(400, 'other'), KEY],
    ['a log that differs within the last bundle', [...leavesOf(299), ...leavesOf(101, 'other')], KEY],
    ['a log of another history that is as long', leavesOf(300, 'other'), KEY],
    ['a shorter log', leavesOf(200), KEY],
  ])('is refused, and the copy stays whole: %s', async (_, leaves, key) => {
    await expect(copyLog(await logOf(leaves, key), folder)).rejects.toMatchObject({ name: 'CopyRefused' });
    expect(await readFile(join(folder, 'checkpoint'), 'utf8')).toBe(
      await (await logOf(leavesOf(size))).text('checkpoint'),
    );
    await copyLog(await logOf(leavesOf(500)), folder);
    await mustHold(leavesOf(500));
  });

  it('is refused: leaves that are not those of the checkpoint', async () => {
    const source = await logOf(leavesOf(400));
    const { tile } = await logOf([...leavesOf(399), 'forged']);
    await expect(copyLog({ ...source, tile }, folder)).rejects.toMatchObject({ name: 'CopyRefused' });
    await copyLog(source, folder);
    await mustHold(leavesOf(400));
  });
});

describe('the lists of who may claim', () => {
  /** The terms of a campaign for these people. */
  const terms = (campaign: string, numbers: readonly number[] | null): string =>
    formatLeaf({
      ...{ kind: 'terms', campaign, capacity: 1, waitingCapacity: 0, amount: 1, currency: 'KRW' },
      ...{ opensAt: null, closesAt: null, reversalPolicy: 'keep', keyCommitment: commitmentOf(1), atMs: 1 },
      eligibleRoot: numbers && toBase64(eligibleRoot(numbers.map(commitmentOf).sort())),
    });
  const leaves = [
    ...[...leavesOf(3), terms('one', [1, 2]), terms('for-all', null), ...leavesOf(300, 'later')],
    ...[terms('two', [3]), terms('nobody', [])],
  ];
  const lists = {
    ...{ one: listOf([1, 2], 'one'), two: listOf([3], 'two') },
    ...{ nobody: listOf([], 'nobody'), 'for-all': listOf([1], 'for-all') },
  };
  const copied = async (): Promise<Record<string, string>> => {
    const names = (await readdir(join(folder, 'eligible'))).sort();
    const texts = names.map(async (name) => [name, await readFile(join(folder, 'eligible', name), 'utf8')]);
    return Object.fromEntries((await Promise.all(texts)) as [string, string][]);
  };
  const { one, two, nobody } = lists;

  it('are copied with the leaves that commit to them, once', async () => {
    const log = await logOf(leaves, KEY, lists);
    expect(await copyLog(log, folder)).toMatchObject({ lists: 3, missing: [] });
    expect(await copied()).toEqual({ one, two, nobody });
    const asked: string[] = [];
    const list: LogSource['list'] = (campaign) => {
      asked.push(campaign);
      return log.list(campaign);
    };
    expect(await copyLog({ ...log, list }, folder)).toMatchObject({ tiles: 0, lists: 0, missing: [] });
    const more = await logOf([...leaves, terms('three', [4])], KEY, { three: listOf([4], 'three') });
    expect(await copyLog(more, folder)).toMatchObject({ lists: 1 });
    expect({ asked, three: (await copied())['three'] }).toEqual({ asked: [], three: listOf([4], 'three') });
  });

  it('come to a copy of an earlier release, too, and from a copy to another', async () => {
    await copyLog(await logOf(leaves), folder);
    await rm(join(folder, 'eligible-copied'));
    expect(await copyLog(await logOf(leaves, KEY, lists), folder)).toMatchObject({ tiles: 0, lists: 3 });
    const first = await mkdtemp(join(tmpdir(), 'seonchak-copy-'));
    await cp(folder, first, { recursive: true });
    await rm(folder, { recursive: true });
    expect(await copyLog(logIn(first), folder)).toMatchObject({ lists: 3, missing: [] });
    expect(await copied()).toEqual({ one, two, nobody });
    await rm(first, { recursive: true });
  });

  it.each([
    ['is of other people', listOf([1, 3], 'one')],
    ['is of another campaign', listOf([1, 2], 'two')],
    ['is cut off', one.slice(0, -3)],
    ['cannot be had now', new Error('503')],
  ])('hold nothing else up if one %s, and that one is asked for again', async (_, wrong) => {
    const first = await copyLog(await logOf(leaves, KEY, { ...lists, one: wrong }), folder);
    expect(first).toMatchObject({ lists: 2, missing: [{ campaign: 'one' }] });
    expect(await copied()).toEqual({ two, nobody });
    await mustHold(leaves);
    expect(await copyLog(await logOf(leaves, KEY, lists), folder)).toMatchObject({ lists: 1, missing: [] });
    expect(await copied()).toEqual({ one, two, nobody });
  });

  it('that are gone with their campaigns are not asked for again', async () => {
    const gone = await logOf(leaves, KEY, { two, nobody });
    expect(await copyLog(gone, folder)).toMatchObject({ lists: 2, missing: [] });
    expect(await copyLog(await logOf(leaves, KEY, lists), folder)).toMatchObject({ lists: 0, missing: [] });
  });
});
