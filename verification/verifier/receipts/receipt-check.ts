import { equalBytes, fromBase64, utf8 } from '../../../src/transparency/formats/bytes.js';
import { type Checkpoint, parseCheckpoint } from '../../../src/transparency/formats/checkpoint.js';
import { commitToUser } from '../../../src/transparency/formats/commitment.js';
import type { Leaf, LeafOf } from '../../../src/transparency/formats/leaf.js';
import { MalformedFormat } from '../../../src/transparency/formats/malformed-format.js';
import { hashLeaf, verifyInclusion } from '../../../src/transparency/formats/merkle-tree.js';
import {
  formatVerifierKey,
  parseVerifierKey,
  type VerifierKey,
} from '../../../src/transparency/formats/note-key.js';
import { parseNote, verifyNote } from '../../../src/transparency/formats/signed-note.js';
import type { TlogProof } from '../../../src/transparency/formats/tlog-proof.js';
import type { LeafWatch } from '../log/leaf-watch.js';
import type { PromiseDelays } from '../log/promise-delays.js';
import type { CampaignReplay, Phase } from '../replay/campaign-replay.js';
import type { Logged } from '../replay/logged.js';
import type { ClaimReceipt, InclusionReceipt, Opening, PromiseReceipt, SoldOutReceipt } from './receipt.js';
import type { ReceiptVerdict, ReceiptVerdictName } from './receipt-verdict.js';

/** What is known once the log was read. */
export interface ReadLog {
  readonly key: VerifierKey;
  readonly campaigns: ReadonlyMap<string, CampaignReplay>;
  readonly promiseDelays: PromiseDelays;
  /** Leaves. */
  readonly size: number;
  /** The latest time that the log is known to have reached, ms since 1970. */
  readonly reachedMs: number;
}

/** Looks for one receipt while the log is read, and judges it afterwards. */
export class ReceiptCheck implements LeafWatch {
  private readonly receiptKeys: string[] = [];
  /** The claim with the receipt's arrival number: the latest, after a database was set back. */
  private claim: LeafOf<'claim'> | null = null;
  private isLost = false;
  private readonly textAt = new Map<number, string>();
  /** Of a proof of inclusion: where the leaves of its number stand in its tree, from the last claim on. */
  private own: number[] = [];
  private readonly provenSize: number;
  private readonly indexes: ReadonlySet<number>;
  private entrants = 0;
  private freed = 0;
  private waitingCapacity = 0;
  /** How many people must have come before all is full: the slots, and the line when it was shortest. */
  private places = 0;
  private leastRoom = Infinity;
  /** Of the receipt's number and those before it: claims, numbers that are called lost, and what was taken back. */
  private comers = 0;

  constructor(private readonly receipt: ClaimReceipt) {
    this.indexes = new Set(
      receipt.kind === 'inclusion' ? receipt.proofs.map(({ proof }) => proof.index) : [],
    );
    this.provenSize = receipt.kind === 'inclusion' ? sizeOf(receipt) : 0;
  }

  see({ leaf, index, text }: Logged): void {
    if (this.indexes.has(index)) this.textAt.set(index, text);
    if (leaf.kind === 'log') this.receiptKeys.push(leaf.receiptKey);
    else if (leaf.campaign === this.receipt.campaign) {
      this.seeOwn(leaf);
      if (index < this.provenSize && namesNumber(leaf, this.receipt)) this.noteOwn(leaf.kind, index);
    }
  }

  judge(log: ReadLog): ReceiptVerdict {
    const { receipt } = this;
    const replay = log.campaigns.get(receipt.campaign);
    if (!replay) return this.verdict('other-campaign', null);
    switch (receipt.kind) {
      case 'promise':
        return this.verdict(this.judgePromise(receipt, log, replay.phase), replay);
      case 'inclusion':
        return this.verdict(this.judgeInclusion(receipt, log), replay);
      case 'sold-out':
        return this.verdict(this.judgeSoldOut(receipt, log, replay), replay);
    }
  }

  private noteOwn(kind: Leaf['kind'], index: number): void {
    if (kind === 'claim') this.own = [];
    this.own.push(index);
  }

  private seeOwn(leaf: Exclude<Leaf, { kind: 'log' }>): void {
    const { receipt } = this;
    const arrivalNo = receipt.kind === 'sold-out' ? receipt.lastArrivalNo : receipt.arrivalNo;
    switch (leaf.kind) {
      case 'terms':
        this.waitingCapacity = leaf.waitingCapacity;
        this.leastRoom = leaf.waitingCapacity;
        this.places = leaf.capacity;
        return;
      case 'claim':
        if (leaf.arrivalNo === arrivalNo) this.claim = leaf;
        if (leaf.arrivalNo > arrivalNo) this.entrants += 1;
        else this.comers += 1;
        return;
      case 'lost':
        this.comers += Math.max(0, Math.min(leaf.to, arrivalNo) - leaf.from + 1);
        if (leaf.from <= arrivalNo && arrivalNo <= leaf.to) this.isLost = true;
        return;
      case 'restored':
        if (leaf.from <= arrivalNo) {
          this.claim = null;
          this.isLost = false;
        }
        this.freed += leaf.to - leaf.from + 1;
        return;
      case 'failed':
      case 'revoked':
      case 'left':
        this.freed += 1;
        return;
      case 'reversed':
        if (leaf.effect === 'regrant') this.freed += 1;
        return;
      case 'state':
        this.freed += Math.max(0, leaf.waitingCapacity - this.waitingCapacity);
        this.leastRoom = Math.min(this.leastRoom, leaf.waitingCapacity);
        this.waitingCapacity = leaf.waitingCapacity;
        return;
      default:
        return;
    }
  }

  private judgePromise(
    promise: PromiseReceipt,
    { key, promiseDelays, reachedMs }: ReadLog,
    phase: Phase,
  ): ReceiptVerdictName {
    if (!opens(promise.opening, promise.campaign, promise.who)) return 'somebody-else';
    const checkpoint = signedCheckpoint(promise.proof.checkpoint, this.keys());
    if (!checkpoint || !isTreeOfPromises(checkpoint.origin, key)) return 'not-signed';
    if (!isIncluded(promise.leaf, promise.proof, checkpoint)) return 'not-signed';
    const { claim } = this;
    if (claim)
      return claim.epoch === promise.epoch &&
        claim.createdAtMs === promise.createdAtMs &&
        claim.who === promise.who
        ? 'in-the-log'
        : 'logged-otherwise';
    if (this.isLost) return 'logged-otherwise';
    const { createdAtMs } = promise;
    const isDue = createdAtMs + promiseDelays.at(createdAtMs) < reachedMs || phase === 'ended';
    return isDue ? 'not-in-the-log' : 'not-yet-due';
  }

  private judgeInclusion(receipt: InclusionReceipt, { key, size }: ReadLog): ReceiptVerdictName {
    const [, , campaign, , arrivalNo, , , who = ''] = claimFields(receipt);
    if (campaign !== receipt.campaign || Number(arrivalNo) !== receipt.arrivalNo) return 'not-signed';
    if (receipt.logKey !== formatVerifierKey(key)) return 'not-signed';
    if (!opens(receipt.opening, receipt.campaign, who)) return 'somebody-else';
    for (const { leaf, proof } of receipt.proofs) {
      const checkpoint = signedCheckpoint(proof.checkpoint, [key]);
      if (checkpoint?.origin !== key.name || !isIncluded(leaf, proof, checkpoint)) return 'not-signed';
    }
    const within = receipt.proofs.filter(({ proof }) => proof.index < size);
    const isKept = within.every(({ leaf, proof }) => this.textAt.get(proof.index) === leaf);
    if (!isKept) return this.claim ? 'logged-otherwise' : 'not-in-the-log';
    const indexes = within.map(({ proof }) => proof.index);
    const isWhole = indexes.length === this.own.length && indexes.every((at, i) => at === this.own[i]);
    if (!isWhole || !isOfOneTree(receipt)) return 'not-whole';
    return within.length === receipt.proofs.length ? 'in-the-log' : 'newer-than-the-log';
  }

  private judgeSoldOut(
    receipt: SoldOutReceipt,
    { key }: ReadLog,
    { state, phase }: CampaignReplay,
  ): ReceiptVerdictName {
    const isSigned = this.keys().some((candidate) => isSignedBy(receipt.note, candidate));
    if (!isSigned || receipt.origin !== `${key.name}/sold-out`) return 'not-signed';
    if (this.entrants > this.freed) return 'sold-out-contradicted';
    const isReached = (state?.nextArrivalNo ?? 0) > receipt.lastArrivalNo || phase === 'ended';
    if (!isReached) return 'newer-than-the-log';
    return this.comers < this.places + this.leastRoom ? 'sold-out-too-early' : 'sold-out-agrees';
  }

  private keys(): readonly VerifierKey[] {
    return this.receiptKeys.flatMap((text) => readKey(text) ?? []);
  }

  private verdict(name: ReceiptVerdictName, replay: CampaignReplay | null): ReceiptVerdict {
    const { campaign } = this.receipt;
    const arrivalNo = this.receipt.kind === 'sold-out' ? null : this.receipt.arrivalNo;
    const people = replay?.state?.people;
    if (arrivalNo === null || name !== 'in-the-log') return { name, campaign, arrivalNo, status: null };
    if (this.isTakenBack) return { name, campaign, arrivalNo, status: 'restored' };
    const person = people?.find(arrivalNo) ?? null;
    return { name, campaign, arrivalNo, status: person === null ? null : (people?.statusOf(person) ?? null) };
  }

  /** Whether the leaves are in the log, and do not count: the number is nobody's by now, or somebody else's. */
  private get isTakenBack(): boolean {
    return this.receipt.kind === 'inclusion' && this.claim?.who !== claimFields(this.receipt)[7];
  }
}

/** Whether a leaf is about whoever has the number of the receipt; a `full` is about nobody. */
function namesNumber(leaf: Exclude<Leaf, { kind: 'log' }>, receipt: ClaimReceipt): boolean {
  return (
    receipt.kind === 'inclusion' &&
    leaf.kind !== 'full' &&
    'arrivalNo' in leaf &&
    leaf.arrivalNo === receipt.arrivalNo
  );
}

/** Leaves of the tree that a receipt was made from; 0 if it does not say so. */
function sizeOf({ proofs }: InclusionReceipt): number {
  try {
    return parseCheckpoint(parseNote(proofs[0]?.proof.checkpoint ?? '').text).size;
  } catch (error) {
    if (error instanceof MalformedFormat) return 0;
    throw error;
  }
}

function isOfOneTree({ proofs }: InclusionReceipt): boolean {
  return new Set(proofs.map(({ proof }) => proof.checkpoint)).size === 1;
}

/** The fields of the claim among the leaves; none if there is no claim. */
function claimFields({ proofs }: InclusionReceipt): readonly string[] {
  return proofs.find(({ leaf }) => leaf.startsWith('v1 claim '))?.leaf.split(' ') ?? [];
}

/** Whether the commitment is that of this person. */
function opens({ userId, nonce }: Opening, campaign: string, who: string): boolean {
  const expected = commitToUser(campaign, userId, nonce);
  try {
    return equalBytes(expected, fromBase64(who, 'commitment'));
  } catch (error) {
    if (error instanceof MalformedFormat) return false;
    throw error;
  }
}

/** Whether it is the origin of a tree of promises of this log. */
function isTreeOfPromises(origin: string, { name }: VerifierKey): boolean {
  const prefix = `${name}/receipts/`;
  return origin.startsWith(prefix) && /^[0-9a-f]{16}$/.test(origin.slice(prefix.length));
}

function isIncluded(leaf: string, { hashes, index }: TlogProof, { size, root }: Checkpoint): boolean {
  return verifyInclusion(hashes, size, root, index, hashLeaf(utf8(leaf)));
}

function isSignedBy(note: string, key: VerifierKey): boolean {
  try {
    return verifyNote(parseNote(note), [key]).length > 0;
  } catch (error) {
    if (error instanceof MalformedFormat) return false;
    throw error;
  }
}

/** The checkpoint in a note, if one of the keys signed it. */
function signedCheckpoint(note: string, keys: readonly VerifierKey[]): Checkpoint | null {
  if (!keys.some((key) => isSignedBy(note, key))) return null;
  try {
    return parseCheckpoint(parseNote(note).text);
  } catch (error) {
    if (error instanceof MalformedFormat) return null;
    throw error;
  }
}

function readKey(text: string): VerifierKey | null {
  try {
    return parseVerifierKey(text);
  } catch (error) {
    if (error instanceof MalformedFormat) return null;
    throw error;
  }
}
