import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { asConfigured } from '../../platform/config/as-configured.js';
import { Environment } from '../../platform/config/environment.js';
import { formatNote } from '../formats/signed-note.js';
import { CampaignOpenings } from './campaign-openings.js';
import { type CampaignStanding, CampaignStandings } from './campaign-standing.js';
import { PromiseBatches } from './promise-batches.js';
import { type DurableClaim, promiseLeaf } from './promise-leaf.js';
import { ReceiptKey } from './receipt-key.js';

/** Notes that are kept, so that everybody gets the same bytes. */
const NOTES_KEPT = 1_000;

/** The state of a gate when it was full. */
export interface SoldOutMoment {
  readonly campaignId: string;
  readonly epoch: string;
  readonly lastArrivalNo: number;
}

/**
 * What a claimant takes home (docs/transparency.md#receipts). Nothing here is written: a receipt is made of committed
 * rows and a key. None is given while the log is off, stopped or late, since no promise is made that may not be kept.
 */
@Injectable()
export class Receipts {
  private readonly key: ReceiptKey | null;
  private readonly batches: PromiseBatches | null;
  private readonly notes = new LRUCache<string, string>({ max: NOTES_KEPT });

  /** @throws ConfigurationError that names the variable whose key is none */
  constructor(
    { TRANSPARENCY_RECEIPT_KEY }: Environment,
    private readonly openings: CampaignOpenings,
    private readonly standings: CampaignStandings,
  ) {
    this.key =
      TRANSPARENCY_RECEIPT_KEY === undefined
        ? null
        : asConfigured('TRANSPARENCY_RECEIPT_KEY', TRANSPARENCY_RECEIPT_KEY, (text) => new ReceiptKey(text));
    this.batches = this.key && new PromiseBatches(this.key);
  }

  /**
   * A promise that this claim will be in the log.
   * @param gateEpoch of the gate that answered; null when there is none
   * @returns undefined when none can be given
   */
  async promise(claim: DurableClaim, gateEpoch: string | null): Promise<string | undefined> {
    if (!this.batches || !(await this.standing(claim.campaignId))) return undefined;
    const opening = await this.openings.of(claim.campaignId, claim.arrivalNo, gateEpoch);
    return opening ? this.batches.sign(promiseLeaf(claim, opening.epoch, opening.key)) : undefined;
  }

  /** A note that this gate was full, the same for all who hear it from this process. */
  async soldOut({ campaignId, epoch, lastArrivalNo }: SoldOutMoment): Promise<string | undefined> {
    const { key } = this;
    const standing = await this.standing(campaignId);
    if (!key || !standing) return undefined;
    const gate = `${campaignId} ${epoch} ${lastArrivalNo}`;
    const kept = this.notes.get(gate);
    if (kept !== undefined) return kept;
    const text = `${key.origin}/sold-out\nv1 sold-out ${gate} ${standing.at} ${standing.logSize}\n`;
    const note = formatNote({ text, signatures: [await key.sign(text)] });
    if (!this.notes.has(gate)) this.notes.set(gate, note); // else somebody who asked meanwhile was faster
    return this.notes.get(gate);
  }

  /** Null while nothing may be promised: also when the log names another key than ours, by which nobody could check. */
  private async standing(campaignId: string): Promise<CampaignStanding | null> {
    if (!this.key) return null;
    const standing = await this.standings.of(campaignId);
    return standing.isKeptUp && standing.receiptKey === this.key.verifier ? standing : null;
  }
}
