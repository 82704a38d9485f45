import type { DataSource } from 'typeorm';
import { EventLog } from '../../platform/logging/event-log.js';
import { equalBytes } from '../formats/bytes.js';
import { consistencyProof } from '../formats/merkle-tree.js';
import { isBy } from '../formats/note-key.js';
import { formatNote, type NoteSignature, type SignedNote } from '../formats/signed-note.js';
import { readHashesFromTiles } from '../formats/tile-hash-reader.js';
import type { Cosigned, Cosigners } from '../log/checkpointer.js';
import type { Witness } from '../log/log-keys.js';
import { tilesIn } from '../log/log-tiles.js';
import {
  type CosignatureAnswer,
  requestCosignature,
  requestLastCheckpoint,
} from '../witnesses/witness-client.js';
import { Rests } from './rests.js';

const DEADLINE_MS = 2_000;
/** A witness that does not cosign is reported so often. */
const REPORT_MS = 60_000;
/** A checkpoint waits for whoever is asked, so one that does not answer is left out for a while, longer each time. */
const REST_MS = { first: 2_000, longest: 60_000 };

/** Asks all witnesses at the same time; each has DEADLINE_MS. */
export class Witnesses implements Cosigners {
  private readonly log = new EventLog(Witnesses.name);
  /** URL -> the size that the witness cosigned last. */
  private readonly known = new Map<string, number>();
  /** URL -> when it was reported last, by `performance.now()`. */
  private readonly reported = new Map<string, number>();
  /** Of those that did not answer, by URL. */
  private readonly rests = new Rests(REST_MS);

  /** @param quorum how many cosignatures are enough; 0: as few as one */
  constructor(
    private readonly source: DataSource,
    private readonly witnesses: readonly Witness[],
    private readonly quorum: number,
  ) {}

  async cosign(note: SignedNote, size: number, before: readonly NoteSignature[]): Promise<Cosigned> {
    const checkpoint = formatNote(note);
    const asked = this.witnesses.filter(({ url }) => !this.rests.has(url));
    const answers = await Promise.all(asked.map((witness) => this.ask(witness, checkpoint, size)));
    const came = answers.flatMap((answer): NoteSignature[] =>
      answer.status === 'cosigned' ? [answer.signature] : [],
    );
    const ours = before.filter(({ name, id }) => this.witnesses.some(({ key }) => isBy(key, name, id)));
    const away = ours.filter(
      ({ name, id }) => !came.some((again) => again.name === name && equalBytes(again.id, id)),
    );
    const signatures = [...came, ...away];
    const isEnough = (count: number): boolean => count >= Math.max(1, this.quorum);
    return {
      signatures,
      isEnough: isEnough(signatures.length),
      isEnoughAnew: isEnough(came.length) || (isEnough(signatures.length) && !isEnough(ours.length)),
      isDisputed: answers.some(isDispute),
    };
  }

  async lastSeen(origin: string): Promise<readonly string[]> {
    const notes = await Promise.all(
      this.witnesses.map(({ url, key }) =>
        requestLastCheckpoint({ url, verifierKey: key }, origin, DEADLINE_MS),
      ),
    );
    return notes.filter((note) => note !== null);
  }

  private async ask({ url, key }: Witness, checkpoint: string, size: number): Promise<CosignatureAnswer> {
    const read = readHashesFromTiles(tilesIn(this.source), size);
    const proofFrom = (oldSize: number): Promise<readonly Uint8Array[]> =>
      consistencyProof(read, oldSize, size);
    const options = { knownSize: this.known.get(url), deadlineMs: DEADLINE_MS };
    const answer = await requestCosignature({ url, verifierKey: key }, checkpoint, proofFrom, options);
    if (answer.status === 'failed') this.rests.begin(url);
    else this.rests.end(url);
    if (answer.status === 'cosigned') this.known.set(url, size);
    else this.report(key.name, url, answer);
    return answer;
  }

  private report(witness: string, url: string, answer: Readonly<Record<string, unknown>>): void {
    const now = performance.now();
    if (now - (this.reported.get(url) ?? -Infinity) < REPORT_MS) return;
    this.reported.set(url, now);
    this.log.write('checkpoint-not-cosigned', { witness, ...answer });
  }
}

/** Whether the witness says that it has seen another history, or a longer one. */
function isDispute(answer: CosignatureAnswer): boolean {
  return answer.status === 'ahead' || (answer.status === 'refused' && answer.code === 422);
}
