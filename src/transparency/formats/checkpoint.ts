import { hashFromBase64, toBase64 } from './bytes.js';
import { MalformedFormat } from './malformed-format.js';

const FORMAT = 'checkpoint';
const SIZE = /^(?:0|[1-9][0-9]*)$/;

/** C2SP tlog-checkpoint: what a log commits itself to. */
export interface Checkpoint {
  readonly origin: string;
  /** Leaves in the tree. */
  readonly size: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
}

/** The text of a checkpoint: the three lines that are signed. */
export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

/** Reads the text of a checkpoint. Extension lines are allowed, and ignored. @throws MalformedFormat */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin, size, root, ...rest] = text.split('\n');
  if (!origin || size === undefined || root === undefined || rest.at(-1) !== '')
    throw new MalformedFormat(FORMAT, 'has too few lines');
  if (!SIZE.test(size) || !Number.isSafeInteger(Number(size)))
    throw new MalformedFormat(FORMAT, 'has no size');
  if (rest.slice(0, -1).includes('')) throw new MalformedFormat(FORMAT, 'has an empty line');
  return { origin, size: Number(size), root: hashFromBase64(root, FORMAT) };
}
