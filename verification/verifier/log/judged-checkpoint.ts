import {
  type Checkpoint,
  formatCheckpoint,
  parseCheckpoint,
} from '../../../src/transparency/formats/checkpoint.js';
import { MalformedFormat } from '../../../src/transparency/formats/malformed-format.js';
import type { VerifierKey } from '../../../src/transparency/formats/note-key.js';
import { isQuorum, type Policy } from '../../../src/transparency/formats/policy.js';
import {
  parseNote,
  type SignedNote,
  type ValidSignature,
  verifyNote,
} from '../../../src/transparency/formats/signed-note.js';
import { UnusableInput, usable } from '../unusable-input.js';
import type { SeenTree } from './time-bounds.js';

/** A cosignature that holds. */
export interface Cosignature {
  readonly name: string;
  /** ms since 1970, by the witness's clock. */
  readonly atMs: number;
}

/** A checkpoint, and who signed it. */
export interface JudgedCheckpoint extends Checkpoint {
  /** The lines that are signed. */
  readonly text: string;
  /** `missing`: not by this key; `wrong`: it names this key and does not hold. */
  readonly signature: 'holds' | 'missing' | 'wrong';
  readonly cosignatures: readonly Cosignature[];
  /** Witnesses of the policy in whose name something stands that they did not sign. */
  readonly forged: readonly string[];
  /** Whether the policy's quorum cosigned it; null without a policy. */
  readonly isCosigned: boolean | null;
}

/**
 * Judges a checkpoint by the key of its log and a policy.
 * @throws UnusableInput when it is none, or that of another log
 */
export function judgeCheckpoint(text: string, key: VerifierKey, policy: Policy | null): JudgedCheckpoint {
  const note = usable(() => parseNote(text));
  const checkpoint = usable(() => parseCheckpoint(note.text));
  if (checkpoint.origin !== key.name)
    throw new UnusableInput(`The checkpoint is of the log ${checkpoint.origin}, and the key of ${key.name}.`);
  if (formatCheckpoint(checkpoint) !== note.text)
    throw new UnusableInput(
      'The checkpoint has more lines than its three: logs of this format sign no others.',
    );
  const own = signatureBy(note, key);
  const witnesses = (policy?.witnesses ?? []).map((witness) => ({
    witness,
    signature: signatureBy(note, witness.key),
  }));
  const held = witnesses.flatMap(({ witness, signature }) =>
    isValid(signature)
      ? [{ name: witness.name, key: witness.key, atMs: (signature.atSeconds ?? 0) * 1000 }]
      : [],
  );
  return {
    ...checkpoint,
    text: note.text,
    signature: isValid(own) ? 'holds' : own,
    cosignatures: held.map(({ name, atMs }) => ({ name, atMs })),
    forged: witnesses.filter(({ signature }) => signature === 'wrong').map(({ witness }) => witness.name),
    isCosigned:
      policy &&
      isQuorum(
        policy.quorum,
        held.map(({ key: by }) => by),
      ),
  };
}

/** When its cosigners saw this tree; null when there are none, or when the log itself did not sign it. */
export function seenTree({ size, signature, cosignatures }: JudgedCheckpoint): SeenTree | null {
  if (signature !== 'holds' || cosignatures.length === 0) return null;
  const times = cosignatures.map(({ atMs }) => atMs);
  // A cosignature's time is in whole seconds.
  return { size, earliestMs: Math.min(...times), latestMs: Math.max(...times) + 999 };
}

type Signature = ValidSignature | 'missing' | 'wrong';

function signatureBy(note: SignedNote, key: VerifierKey): Signature {
  try {
    return verifyNote(note, [key])[0] ?? 'missing';
  } catch (error) {
    if (error instanceof MalformedFormat) return 'wrong';
    throw error;
  }
}

function isValid(signature: Signature): signature is ValidSignature {
  return typeof signature === 'object';
}
