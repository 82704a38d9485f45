import { decodeEntries } from '../../../src/transparency/formats/entry-bundle.js';
import { parseCheckpoint } from '../../../src/transparency/formats/checkpoint.js';
import { parseNote } from '../../../src/transparency/formats/signed-note.js';
import { TILE_WIDTH, tilePath } from '../../../src/transparency/formats/tile-path.js';
import type { TreeSink } from '../log/tree-sink.js';
import { UnusableInput, usable } from '../unusable-input.js';
import type { LogToCheck } from '../verdict/check-log.js';

/** A published log: files by their paths, wherever they are. */
export interface LogFolder {
  /** @returns null when there is no such file */
  read(path: string): Promise<Uint8Array | null>;
}

/** Bundles that are on their way at the same time. */
const AHEAD = 8;

/** A whole log by its tiles; null when there is none in this folder. */
export async function openLogFolder(folder: LogFolder, campaign: string | null): Promise<LogToCheck | null> {
  const checkpoint = await textOf(folder, 'checkpoint');
  if (checkpoint === null) return null;
  const { size } = usable(() => parseCheckpoint(parseNote(checkpoint).text));
  return {
    told: { key: await textOf(folder, 'key'), policy: await textOf(folder, 'policy') },
    origin: null,
    checkpoints: [checkpoint],
    stamps: [],
    campaign,
    giveTo: (sink) => giveLeaves(folder, size, sink),
  };
}

async function giveLeaves(folder: LogFolder, size: number, sink: TreeSink): Promise<void> {
  const bundles = Math.ceil(size / TILE_WIDTH);
  const coming: Promise<readonly string[]>[] = [];
  for (let next = 0, read = 0; read < bundles; read++) {
    for (; next < bundles && coming.length < AHEAD; next++) {
      const bundle = readBundle(folder, next, Math.min(TILE_WIDTH, size - next * TILE_WIDTH));
      bundle.catch(() => undefined); // whoever awaits it is told
      coming.push(bundle);
    }
    for (const text of (await coming.shift()) ?? []) sink.leaf(text);
  }
}

/** A copy removes the narrower forms of a bundle once it is full, which may be after its checkpoint was read. */
async function readBundle(folder: LogFolder, index: number, width: number): Promise<readonly string[]> {
  const path = tilePath({ level: 'entries', index, width });
  const decoder = new TextDecoder();
  for (const found of width === TILE_WIDTH ? [width] : [width, TILE_WIDTH]) {
    const bytes = await folder.read(tilePath({ level: 'entries', index, width: found }));
    if (bytes)
      return usable(() => decodeEntries(bytes, found))
        .slice(0, width)
        .map((entry) => decoder.decode(entry));
  }
  throw new UnusableInput(`The log lacks ${path}.`);
}

async function textOf(folder: LogFolder, path: string): Promise<string | null> {
  const bytes = await folder.read(path);
  return bytes && new TextDecoder().decode(bytes);
}
