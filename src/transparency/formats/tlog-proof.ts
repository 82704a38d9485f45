import { fromBase64, hashFromBase64, toBase64 } from './bytes.js';
import { MalformedFormat } from './malformed-format.js';

const FORMAT = 'tlog-proof';
const HEADER = 'c2sp.org/tlog-proof@v1';
/** Of a tree of 2^63 leaves. */
const LONGEST_PATH = 63;
const INDEX = /^index (0|[1-9][0-9]*)$/;

/** C2SP tlog-proof: that a leaf stands in a log, by itself. */
export interface TlogProof {
  /** Not authenticated; null for none. */
  readonly extra: Uint8Array | null;
  readonly index: number;
  readonly hashes: readonly Uint8Array[];
  /** The checkpoint as a signed note. */
  readonly checkpoint: string;
}

/** The text form of a proof. */
export function formatTlogProof({ extra, index, hashes, checkpoint }: TlogProof): string {
  const lines = [
    HEADER,
    ...(extra ? [`extra ${toBase64(extra)}`] : []),
    `index ${index}`,
    ...hashes.map(toBase64),
  ];
  return `${lines.join('\n')}\n\n${checkpoint}`;
}

/** Reads a proof; nothing of it is verified. @throws MalformedFormat */
export function parseTlogProof(text: string): TlogProof {
  const end = text.indexOf('\n\n');
  if (end < 0) throw new MalformedFormat(FORMAT, 'has no checkpoint');
  const [header, ...lines] = text.slice(0, end).split('\n');
  if (header !== HEADER) throw new MalformedFormat(FORMAT, `does not begin with ${HEADER}`);
  const extra = lines[0]?.startsWith('extra ') ? fromBase64(lines[0].slice('extra '.length), FORMAT) : null;
  const [indexLine = '', ...hashes] = extra ? lines.slice(1) : lines;
  const index = Number(INDEX.exec(indexLine)?.[1] ?? NaN);
  if (!Number.isSafeInteger(index)) throw new MalformedFormat(FORMAT, 'has no index');
  if (hashes.length > LONGEST_PATH) throw new MalformedFormat(FORMAT, `has more than ${LONGEST_PATH} hashes`);
  return {
    extra,
    index,
    hashes: hashes.map((hash) => hashFromBase64(hash, FORMAT)),
    checkpoint: text.slice(end + 2),
  };
}
