import type { DataSource } from 'typeorm';
import { EventLog } from '../../platform/logging/event-log.js';
import type { Failpoints } from '../../platform/failpoints/failpoints.js';
import { equalBytes } from '../formats/bytes.js';
import { formatCheckpoint, parseCheckpoint } from '../formats/checkpoint.js';
import { MalformedFormat } from '../formats/malformed-format.js';
import type { SignerKey } from '../formats/note-key.js';
import {
  formatNote,
  type NoteSignature,
  parseNote,
  type SignedNote,
  signNote,
  verifyNote,
} from '../formats/signed-note.js';
import type { CheckpointStore } from './checkpoint-store.js';
import { keepCheckpoint, publishCheckpoint, readLogState } from './log-store.js';
import { tilesIn } from './log-tiles.js';
import { rootIn } from './growing-tree.js';

/** What was signed is not the beginning of what the database holds: it was set back, or is another one. */
export class LogSetBack extends Error {
  override readonly name = 'LogSetBack';
}

/** What witnesses said of a checkpoint. */
export interface Cosigned {
  /** Those that came in time, and those that it had before of witnesses that are away now; there may be none. */
  readonly signatures: readonly NoteSignature[];
  /** Whether they are as many as a checkpoint needs. */
  readonly isEnough: boolean;
  /** Whether they are so only now, or so many came again. */
  readonly isEnoughAnew: boolean;
  /** Whether one says that it has seen another history. It may be wrong: see `lastSeen`. */
  readonly isDisputed: boolean;
}

/** Asks witnesses about a checkpoint. */
export interface Cosigners {
  /** @param before the signatures of this very checkpoint when it was published before */
  cosign(note: SignedNote, size: number, before: readonly NoteSignature[]): Promise<Cosigned>;
  /** The last checkpoints of a log that they say they have cosigned, as notes that nobody verified. */
  lastSeen(origin: string): Promise<readonly string[]>;
}

/** A tree that is committed. */
export interface CommittedTree {
  readonly size: number;
  readonly root: Uint8Array;
}

/** A checkpoint is signed at most once in this time, unless it is late. */
const PAUSE_MS = 1_000;
/** Witnesses are asked again after this time also when nothing is new: soon, as long as too few have cosigned. */
const REFRESH_MS = { cosigned: 600_000, notCosigned: 10_000 };

/**
 * Signs what is committed, keeps it outside of Postgres, then publishes it, in this order: whoever dies between two of
 * the steps leaves the same bytes to be signed again, or nothing. It signs only what continues what was kept.
 */
export class Checkpointer {
  private readonly log = new EventLog(Checkpointer.name);
  /** By `performance.now()`. */
  private signedAt = -Infinity;
  private askedAt = -Infinity;
  private asking: Promise<void> | undefined;
  /** Whether enough witnesses have cosigned what is published. */
  private isCosigned = false;
  /** What a witness has shown: nothing more is signed. */
  private setBack: LogSetBack | null = null;

  private constructor(
    private readonly source: DataSource,
    private readonly store: CheckpointStore,
    private readonly signer: SignerKey,
    private readonly cosigners: Cosigners | null,
    private readonly failpoints: Failpoints,
    private kept: string | null,
    private published: number,
  ) {}

  /**
   * @param cosigners null for none
   * @throws LogSetBack when the log does not continue what was signed: nothing may be signed, nor appended
   */
  static async begin(
    source: DataSource,
    store: CheckpointStore,
    signer: SignerKey,
    cosigners: Cosigners | null,
    failpoints: Failpoints,
  ): Promise<Checkpointer> {
    const kept = await store.read();
    if (cosigners) await checkSeen(source, cosigners, signer);
    const { size, checkpoint, checkpointSize } = await readLogState(source.manager);
    for (const note of [kept, checkpoint])
      if (note !== null) await checkContinued(source, note, signer, size);
    if (kept === null && checkpointSize > 0)
      throw new LogSetBack('A checkpoint is published, but none is kept: the store of checkpoints is empty.');
    return new Checkpointer(source, store, signer, cosigners, failpoints, kept, checkpointSize);
  }

  /** How many leaves are published. */
  get publishedSize(): number {
    return this.published;
  }

  /**
   * Whether it is time for another checkpoint.
   * @param size of the tree that is committed
   * @param isLate whether its last leaves had to wait before they were written, and are not to wait once more
   * @throws LogSetBack when a witness has shown that the log does not continue what was signed
   */
  isDue(size: number, isLate: boolean): boolean {
    if (this.setBack) throw this.setBack;
    const now = performance.now();
    if (this.asking || (now - this.signedAt < PAUSE_MS && !isLate)) return false;
    if (size > this.published || !this.cosigners || size === 0) return size > this.published;
    return now - this.askedAt >= (this.isCosigned ? REFRESH_MS.cosigned : REFRESH_MS.notCosigned);
  }

  /**
   * Signs a tree, keeps the checkpoint and publishes it; with witnesses, once they have answered or their time is up,
   * which is not waited for.
   * @param tree committed
   * @throws CheckpointConflict when another process signs
   */
  async publish({ size, root }: CommittedTree): Promise<void> {
    this.failpoints.reach('log.committed');
    const text = formatCheckpoint({ origin: this.signer.name, size, root });
    const note: SignedNote = { text, signatures: [signNote(text, this.signer)] };
    const signed = formatNote(note);
    this.signedAt = performance.now();
    this.failpoints.reach('log.signed');
    if (signed !== this.kept) await this.store.replace(this.kept, signed);
    this.kept = signed;
    this.failpoints.reach('log.kept');
    if (!this.cosigners) {
      await this.show(size, signed, false);
      return;
    }
    this.askedAt = performance.now();
    this.asking = this.showCosigned(this.cosigners, note, size).finally(() => (this.asking = undefined));
  }

  /** Waits for what is under way. */
  async end(): Promise<void> {
    await this.asking;
  }

  private async show(size: number, note: string, isEnoughAnew: boolean): Promise<void> {
    if (await publishCheckpoint(this.source.manager, size, note, isEnoughAnew)) this.published = size;
    this.failpoints.reach('log.published');
  }

  /**
   * Never fails: what could not be published is published with the next checkpoint. What a witness proves to be another
   * history of ours is not published at all.
   */
  private async showCosigned(cosigners: Cosigners, note: SignedNote, size: number): Promise<void> {
    try {
      const before = await publishedSignatures(this.source, note.text);
      const { signatures, isEnough, isEnoughAnew, isDisputed } = await cosigners.cosign(note, size, before);
      if (isDisputed) await checkSeen(this.source, cosigners, this.signer);
      const cosigned = formatNote({ ...note, signatures: [...note.signatures, ...signatures] });
      await this.show(size, cosigned, isEnoughAnew);
      this.isCosigned = isEnough;
      if (signatures.length > 0) await keepCheckpoint(this.source.manager, size, cosigned);
    } catch (error) {
      if (error instanceof LogSetBack) this.setBack = error;
      this.log.write('checkpoint-not-published', { cause: String(error) });
    }
  }
}

/** Those of the published checkpoint if it has this text; none if it is of another tree. */
async function publishedSignatures(source: DataSource, text: string): Promise<readonly NoteSignature[]> {
  const { checkpoint } = await readLogState(source.manager);
  const published = checkpoint === null ? null : parseNote(checkpoint);
  return published?.text === text ? published.signatures : [];
}

/**
 * A database and the kept checkpoint may be set back together; whoever has cosigned what is lost still has it. Nobody
 * is trusted: only a note by our own key counts.
 */
async function checkSeen(source: DataSource, cosigners: Cosigners, signer: SignerKey): Promise<void> {
  const notes = await cosigners.lastSeen(signer.name);
  const { size } = await readLogState(source.manager); // read after them: whatever they saw was committed before
  for (const note of notes) if (isOurs(note, signer)) await checkContinued(source, note, signer, size);
}

function isOurs(note: string, signer: SignerKey): boolean {
  try {
    const signed = parseNote(note);
    return parseCheckpoint(signed.text).origin === signer.name && verifyNote(signed, [signer]).length > 0;
  } catch (error) {
    if (error instanceof MalformedFormat) return false;
    throw error;
  }
}

async function checkContinued(
  source: DataSource,
  note: string,
  signer: SignerKey,
  size: number,
): Promise<void> {
  const signed = parseNote(note);
  const checkpoint = parseCheckpoint(signed.text);
  if (checkpoint.origin !== signer.name || verifyNote(signed, [signer]).length === 0)
    throw new LogSetBack('The checkpoint that was kept is of another log, or by another key.');
  if (checkpoint.size > size)
    throw new LogSetBack(
      `A log of ${checkpoint.size} leaves was signed, and the database has ${size}: it was set back.`,
    );
  if (!equalBytes(await rootIn(tilesIn(source), checkpoint.size), checkpoint.root))
    throw new LogSetBack(`The first ${checkpoint.size} leaves are not those that were signed.`);
}
