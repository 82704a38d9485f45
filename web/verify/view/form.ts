import type { PageWords } from '../words/words.js';
import { element } from './element.js';

/** What a reader has chosen. */
export interface Chosen {
  readonly proof: File | null;
  readonly receipt: File | null;
  readonly list: File | null;
  readonly policy: File | null;
  readonly also: File | null;
  readonly key: string;
}

/** The questions of the page. It keeps what was chosen when the language changes. */
export class Form {
  readonly proof = fileInput();
  readonly receipt = fileInput();
  readonly list = fileInput();
  readonly policy = fileInput();
  readonly also = fileInput();
  readonly key = element('input', { type: 'text', autocomplete: 'off', spellcheck: 'false' });
  readonly button = element('button', { type: 'submit' });

  constructor(private readonly check: () => void) {}

  get chosen(): Chosen {
    const first = ({ files }: HTMLInputElement): File | null => files?.[0] ?? null;
    const { proof, receipt, list, policy, also, key } = this;
    return {
      ...{ proof: first(proof), receipt: first(receipt), list: first(list) },
      ...{ policy: first(policy), also: first(also) },
      key: key.value.trim(),
    };
  }

  paint(words: PageWords): HTMLFormElement {
    this.button.textContent = words.check;
    const form = element(
      'form',
      {},
      field('proof', words.proof, this.proof, words.proofHint),
      field('receipt', words.receipt, this.receipt, words.receiptHint),
      element(
        'details',
        {},
        element('summary', {}, words.more),
        field('list', words.list, this.list),
        field('key', words.key, this.key),
        field('policy', words.policy, this.policy),
        field('also', words.also, this.also),
      ),
      this.button,
    );
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.check();
    });
    return form;
  }
}

function fileInput(): HTMLInputElement {
  return element('input', { type: 'file' });
}

function field(id: string, label: string, input: HTMLInputElement, hint?: string): HTMLElement {
  input.id = id;
  const parts: Node[] = [element('label', { for: id }, label), input];
  if (hint !== undefined) {
    input.setAttribute('aria-describedby', `${id}-hint`);
    parts.push(element('p', { id: `${id}-hint`, class: 'quiet' }, hint));
  }
  return element('div', { class: 'field' }, ...parts);
}
