import { UnusableInput } from '../../verification/verifier/unusable-input.js';
import type { Verdict } from '../../verification/verifier/verdict/verdict.js';
import { checkFiles } from './check-files.js';
import { element } from './view/element.js';
import { Form } from './view/form.js';
import { Formats } from './view/formats.js';
import { paintResult, paintUnusable } from './view/result.js';
import { en } from './words/en.js';
import { ko } from './words/ko.js';
import type { PageWords } from './words/words.js';

/** The page: it asks for files, checks them, and paints the verdict; again in another language if it is asked to. */
class VerifyPage {
  private words: PageWords = navigator.languages.find((tag) => /^(ko|en)\b/.test(tag))?.startsWith('ko')
    ? ko
    : en;
  private outcome: Verdict | UnusableInput | null = null;
  private isBusy = false;
  private readonly form = new Form(() => void this.check());
  private readonly progress = element('p', { role: 'status', class: 'progress' });
  private readonly result = element('div');

  paint(): void {
    const { words } = this;
    document.documentElement.lang = words.language;
    document.title = words.title;
    document.body.replaceChildren(
      element('header', {}, element('span', { class: 'brand' }, '선착 Seonchak'), this.languages()),
      element(
        'main',
        {},
        element('h1', {}, words.title),
        element('p', { class: 'lead' }, words.lead),
        this.form.paint(words),
        this.progress,
        this.result,
        element('h2', {}, words.limits),
        element('ul', {}, ...words.limitsText.map((text) => element('li', {}, text))),
      ),
    );
    this.paintOutcome();
  }

  private async check(): Promise<void> {
    if (this.isBusy) return;
    const { chosen } = this.form;
    if (!chosen.proof) {
      this.progress.textContent = this.words.chooseProof;
      this.form.proof.focus();
      return;
    }
    this.isBusy = true;
    this.outcome = null;
    this.result.replaceChildren();
    try {
      this.outcome = await checkFiles(chosen.proof, chosen, (share) => this.tell(share));
    } catch (error) {
      if (!(error instanceof UnusableInput)) throw error;
      this.outcome = error;
    } finally {
      this.isBusy = false;
      this.progress.textContent = '';
    }
    this.paintOutcome();
    this.result.querySelector('h2')?.focus();
  }

  private tell(share: number): void {
    this.progress.textContent = this.words.checking(new Formats(this.words.language).share(share));
  }

  private paintOutcome(): void {
    const { outcome, words } = this;
    if (!outcome) return;
    const formats = new Formats(words.language);
    this.result.replaceChildren(
      outcome instanceof UnusableInput ? paintUnusable(outcome, words) : paintResult(outcome, words, formats),
    );
  }

  private languages(): HTMLElement {
    const other = this.words === ko ? en : ko;
    const button = element(
      'button',
      { type: 'button', lang: other.language, class: 'language' },
      NAMES[other.language],
    );
    button.addEventListener('click', () => {
      this.words = other;
      this.paint();
      document.querySelector<HTMLElement>('.language')?.focus();
    });
    return button;
  }
}

const NAMES = { ko: '한국어', en: 'English' } as const;

new VerifyPage().paint();
