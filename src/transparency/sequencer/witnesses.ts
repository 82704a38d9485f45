import type { DataSource } from 'typeorm';
import { EventLog } from '../../platform/logging/event-log.js';
import { consistencyProof } from '../formats/merkle-tree.js';
import { formatNote, type NoteSignature, type SignedNote } from '../formats/signed-note.js';
import { readHashesFromTiles } from '../formats/tile-hash-reader.js';
import type { Cosigners } from '../log/checkpointer.js';
import type { Witness } from '../log/log-keys.js';
import { tilesIn } from '../log/log-tiles.js';
import { requestCosignature } from '../witnesses/witness-client.js';

const DEADLINE_MS = 2_000;
/** A witness that does not cosign is reported so often. */
const REPORT_MS = 60_000;

/** Asks all witnesses at the same time; each has DEADLINE_MS. */
export class Witnesses implements Cosigners {
  private readonly log = new EventLog(Witnesses.name);
  /** URL -> the size that the witness cosigned last. */
  private readonly known = new Map<string, number>();
  /** URL -> when it was reported last, by `performance.now()`. */
  private readonly reported = new Map<string, number>();

  constructor(
    private readonly source: DataSource,
    private readonly witnesses: readonly Witness[],
  ) {}

  async cosign(note: SignedNote, size: number): Promise<readonly NoteSignature[]> {
    const checkpoint = formatNote(note);
    const read = readHashesFromTiles(tilesIn(this.source), size);
    const proofFrom = (oldSize: number): Promise<readonly Uint8Array[]> =>
      consistencyProof(read, oldSize, size);
    const cosignatures = await Promise.all(
      this.witnesses.map(async ({ url, key }) => {
        const options = { knownSize: this.known.get(url), deadlineMs: DEADLINE_MS };
        const answer = await requestCosignature({ url, verifierKey: key }, checkpoint, proofFrom, options);
        if (answer.status !== 'cosigned') {
          this.report(key.name, url, answer);
          return [];
        }
        this.known.set(url, size);
        return [answer.signature];
      }),
    );
    return cosignatures.flat();
  }

  private report(witness: string, url: string, answer: Readonly<Record<string, unknown>>): void {
    const now = performance.now();
    if (now - (this.reported.get(url) ?? -Infinity) < REPORT_MS) return;
    this.reported.set(url, now);
    this.log.write('checkpoint-not-cosigned', { witness, ...answer });
  }
}
