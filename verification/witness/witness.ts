import { type AddCheckpoint, parseAddCheckpoint } from '../../src/transparency/formats/add-checkpoint.js';
import { type Checkpoint, parseCheckpoint } from '../../src/transparency/formats/checkpoint.js';
import { MalformedFormat } from '../../src/transparency/formats/malformed-format.js';
import { EMPTY_ROOT, verifyConsistency } from '../../src/transparency/formats/merkle-tree.js';
import { isBy, type SignerKey, type VerifierKey } from '../../src/transparency/formats/note-key.js';
import {
  cosign,
  formatNote,
  formatSignature,
  type NoteSignature,
  parseNote,
  type SignedNote,
  verifyNote,
} from '../../src/transparency/formats/signed-note.js';
import { originHash, type WitnessMemory } from './witness-memory.js';

/** As C2SP tlog-witness has it. */
export type WitnessAnswer =
  | { readonly status: 200; readonly cosignature: string }
  | { readonly status: 409; readonly size: number }
  | { readonly status: 400 | 403 | 404 | 422; readonly reason: string };

/**
 * Cosigns checkpoints of the logs that it knows, each only if it continues the last one that it cosigned: so it vouches
 * for one history of each log.
 */
export class Witness {
  /** The end of the last request of each log: its requests are answered one after the other. */
  private readonly queues = new Map<string, Promise<unknown>>();

  /** @param nowSeconds the time since 1970 */
  constructor(
    private readonly key: SignerKey,
    private readonly logs: readonly VerifierKey[],
    private readonly memory: WitnessMemory,
    private readonly nowSeconds: () => number,
  ) {}

  async addCheckpoint(body: string): Promise<WitnessAnswer> {
    let asked: AddCheckpoint;
    let note: SignedNote;
    let checkpoint: Checkpoint;
    try {
      asked = parseAddCheckpoint(body);
      note = parseNote(asked.checkpoint);
      checkpoint = parseCheckpoint(note.text);
    } catch (error) {
      if (error instanceof MalformedFormat) return { status: 400, reason: error.message };
      throw error;
    }
    const keys = this.logs.filter(({ name }) => name === checkpoint.origin);
    if (keys.length === 0) return { status: 404, reason: 'This witness does not know the log.' };
    const signatures = signaturesBy(keys, note);
    if (!signatures) return { status: 403, reason: 'The checkpoint is not signed by the log.' };
    if (asked.oldSize > checkpoint.size)
      return { status: 400, reason: 'The old size is beyond the checkpoint.' };
    return this.inTurn(checkpoint.origin, () =>
      this.cosign(asked, checkpoint, { text: note.text, signatures }),
    );
  }

  /** The last checkpoint that was cosigned, by the hash of its origin; undefined if there is none. */
  async lastCheckpoint(hash: string): Promise<string | undefined> {
    const log = this.logs.find(({ name }) => originHash(name) === hash);
    return log && (await this.memory.last(log.name))?.note;
  }

  private async cosign(
    { oldSize, proof }: AddCheckpoint,
    checkpoint: Checkpoint,
    note: SignedNote,
  ): Promise<WitnessAnswer> {
    const last = (await this.memory.last(checkpoint.origin))?.checkpoint ?? { size: 0, root: EMPTY_ROOT };
    if (oldSize !== last.size) return { status: 409, size: last.size };
    if (!verifyConsistency(proof, last.size, last.root, checkpoint.size, checkpoint.root))
      return { status: 422, reason: 'The checkpoint does not continue the last one that was cosigned.' };
    const cosignature = cosign(note.text, this.nowSeconds(), this.key);
    const cosigned = { text: note.text, signatures: [...note.signatures, cosignature] };
    // First the memory, then the answer: a cosignature that was given and forgotten could be given to another history.
    await this.memory.remember(checkpoint.origin, formatNote(cosigned));
    return { status: 200, cosignature: formatSignature(cosignature) };
  }

  private inTurn<T>(origin: string, act: () => Promise<T>): Promise<T> {
    const turn = (this.queues.get(origin) ?? Promise.resolve()).then(act);
    this.queues.set(
      origin,
      turn.catch(() => undefined),
    );
    return turn;
  }
}

/** The signatures by these keys; undefined if there is none, or one that does not hold. */
function signaturesBy(keys: readonly VerifierKey[], note: SignedNote): NoteSignature[] | undefined {
  try {
    const found = verifyNote(note, keys).flatMap(
      ({ key }) => note.signatures.find(({ name, id }) => isBy(key, name, id)) ?? [],
    );
    return found.length > 0 ? found : undefined;
  } catch (error) {
    if (error instanceof MalformedFormat) return undefined;
    throw error;
  }
}
