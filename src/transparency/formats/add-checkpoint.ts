import { hashFromBase64, toBase64 } from './bytes.js';
import { MalformedFormat } from './malformed-format.js';

const FORMAT = 'add-checkpoint request';
const OLD = /^old (0|[1-9][0-9]*)$/;
const MOST_HASHES = 63;

/** The body of C2SP tlog-witness's `add-checkpoint`. */
export interface AddCheckpoint {
  /** Of the last checkpoint that the witness cosigned, by the client's belief. */
  readonly oldSize: number;
  /** That the tree of `oldSize` leaves is how the checkpoint's tree begins. */
  readonly proof: readonly Uint8Array[];
  /** As a signed note. */
  readonly checkpoint: string;
}

/** The text of a request. */
export function formatAddCheckpoint({ oldSize, proof, checkpoint }: AddCheckpoint): string {
  return `old ${oldSize}\n${proof.map((hash) => `${toBase64(hash)}\n`).join('')}\n${checkpoint}`;
}

/** Reads a request; nothing of it is verified. @throws MalformedFormat */
export function parseAddCheckpoint(body: string): AddCheckpoint {
  const end = body.indexOf('\n\n');
  if (end < 0) throw new MalformedFormat(FORMAT, 'has no checkpoint');
  const [oldLine = '', ...hashes] = body.slice(0, end).split('\n');
  const oldSize = Number(OLD.exec(oldLine)?.[1] ?? NaN);
  if (!Number.isSafeInteger(oldSize)) throw new MalformedFormat(FORMAT, 'does not begin with an old size');
  if (hashes.length > MOST_HASHES) throw new MalformedFormat(FORMAT, `has more than ${MOST_HASHES} hashes`);
  const proof = hashes.map((hash) => hashFromBase64(hash, FORMAT));
  return { oldSize, proof, checkpoint: body.slice(end + 2) };
}
