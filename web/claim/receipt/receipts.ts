import type { State, Step } from '../flow/state.js';
import type { Service } from '../service/service.js';
import type { Formats } from '../view/formats.js';
import { KeptReceipts, type Receipt } from './kept-receipts.js';
import { ReceiptCard, type Shown } from './receipt-card.js';
import { RecordWatch } from './record-watch.js';
import type { ReceiptWords } from './words.js';

type Claimed = Extract<Step, { kind: 'claimed' }>;

/** Under which the receipt of a refusal is kept, which names nobody: no user has this id. */
const SOLD_OUT = 'sold-out';

/**
 * Keeps the receipts that come with answers, and shows that of whoever has claimed. Only a service that publishes a log
 * gives receipts: without one, nothing is shown and nothing is asked.
 */
export class Receipts {
  readonly #card: ReceiptCard;
  readonly #kept: KeptReceipts;
  readonly #watch: RecordWatch;
  #watched: string | null = null;

  constructor(
    campaignId: string,
    service: Service,
    private readonly words: ReceiptWords,
    private readonly formats: Formats,
  ) {
    this.#card = new ReceiptCard(
      words,
      `seonchak-${campaignId}-receipt.txt`,
      service.checkUrl,
      service.proofUrl,
    );
    this.#kept = new KeptReceipts(campaignId);
    this.#watch = new RecordWatch(service);
  }

  get element(): HTMLElement {
    return this.#card.root;
  }

  show({ step }: State): void {
    if (step.kind === 'claimed') this.#claimed(step);
    else this.#card.show(step.kind === 'refused' ? this.#refused(step.receipt) : null);
    if (step.kind !== 'claimed') this.#rest();
  }

  #claimed({ grant }: Claimed): void {
    const { userId, receipt: text, arrivalNo } = grant;
    const before = this.#kept.find(userId);
    if (text !== undefined && !before) this.#kept.keep(userId, { text, place: null });
    const receipt = this.#kept.find(userId);
    this.#card.show(receipt && this.#shown(receipt, arrivalNo));
    if (!receipt || receipt.place !== null) this.#rest();
    else if (this.#watched !== userId) {
      this.#watched = userId;
      this.#watch.begin((place) => {
        const found = { ...receipt, place };
        this.#kept.keep(userId, found);
        this.#card.show(this.#shown(found, arrivalNo));
      });
    }
  }

  #rest(): void {
    this.#watch.stop();
    this.#watched = null;
  }

  #shown({ text, place }: Receipt, arrivalNo: number): Shown {
    const { words, formats } = this;
    const record = place === null ? words.notYet : words.recorded(formats.number(place));
    return { text, proves: words.place(formats.number(arrivalNo)), record };
  }

  /** The first one is kept: it is evidence of the earliest refusal, and the same for everybody. */
  #refused(text: string | null): Shown | null {
    if (text !== null && !this.#kept.find(SOLD_OUT)) this.#kept.keep(SOLD_OUT, { text, place: null });
    const receipt = this.#kept.find(SOLD_OUT);
    return receipt && { text: receipt.text, proves: this.words.soldOut, record: '' };
  }
}
