import { make } from '../view/make.js';
import type { ReceiptWords } from './words.js';

/** What the card shows. */
export interface Shown {
  /** The receipt, as it came. */
  readonly text: string;
  /** What it proves, in words. */
  readonly proves: string;
  /** Where the public record has it, in words; empty where nothing is to be said. */
  readonly record: string;
}

/** Offers a receipt as a file, and says how to check it. Hidden while there is none. */
export class ReceiptCard {
  readonly root = make('section', 'claim receipt');
  readonly #proves = make('p', '');
  readonly #record = make('p', 'record');
  readonly #file: HTMLAnchorElement;
  #text = '';

  /**
   * @param fileName under which a receipt is saved
   * @param checkUrl of the page that checks receipts
   * @param proofUrl of the public record of the campaign
   */
  constructor(words: ReceiptWords, fileName: string, checkUrl: string, proofUrl: string) {
    const title = make('h2', 'title', words.title);
    title.id = 'receipt-title';
    this.root.setAttribute('aria-labelledby', title.id);
    this.#record.setAttribute('role', 'status');
    this.#file = make('a', 'other', words.save);
    this.#file.download = fileName;
    const proof = make('a', 'other', words.proof);
    proof.href = proofUrl;
    const check = make('a', '', words.check);
    check.href = checkUrl;
    this.root.append(
      ...[title, this.#proves, this.#record, make('div', 'actions', this.#file, proof)],
      make('p', 'how', ...words.how(check)),
    );
    this.show(null);
  }

  show(shown: Shown | null): void {
    this.root.hidden = shown === null;
    if (shown === null) return;
    this.#proves.textContent = shown.proves;
    // Screen readers say a status again when it is written again.
    if (this.#record.textContent !== shown.record) this.#record.textContent = shown.record;
    if (this.#text === shown.text) return;
    this.#text = shown.text;
    this.#file.href = URL.createObjectURL(new Blob([shown.text], { type: 'text/plain' }));
  }
}
