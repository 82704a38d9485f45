import { markBetween, type Parts } from '../clock/countdown.js';
import type { State } from '../flow/state.js';
import type { Words } from '../words/words.js';
import { make } from './make.js';
import type { Act, Button, View } from './view.js';

const UNITS = ['days', 'hours', 'minutes', 'seconds'] as const;

/**
 * The claim on the screen. Its elements stay the same and only their contents change, so that focus stays where it is
 * and screen readers hear what is new: outcomes by focus or one status, problems by one alert, the countdown by marks.
 */
export class Painting {
  readonly root = make('section', 'claim');
  readonly #title = make('h2', 'title');
  readonly #timer = make('p', 'timer');
  readonly #big = make('p', 'big');
  readonly #text = make('div', 'text');
  readonly #facts = make('dl', 'facts');
  readonly #alert = make('p', 'alert');
  readonly #actions = make('div', 'actions');
  readonly #who = make('p', 'who');
  readonly #spoken = make('p', 'spoken');
  #shown: View | undefined;
  #leftMs = Infinity;

  constructor(
    private readonly words: Words,
    private readonly act: (act: Act) => void,
  ) {
    this.#title.tabIndex = -1;
    this.#title.id = 'claim-title';
    this.root.setAttribute('aria-labelledby', this.#title.id);
    this.#timer.setAttribute('role', 'timer');
    this.#alert.setAttribute('role', 'alert');
    this.#spoken.setAttribute('role', 'status');
    this.root.append(
      ...[
        this.#title,
        this.#timer,
        this.#big,
        this.#text,
        this.#alert,
        this.#actions,
        this.#facts,
        this.#who,
        this.#spoken,
      ],
    );
  }

  show(view: View, { opensInMs }: Pick<State, 'opensInMs'>): void {
    const before = this.#shown;
    this.#shown = view;
    this.root.dataset.tone = view.tone;
    this.root.ariaBusy = String(view.tone === 'busy');
    this.#write(this.#title, view.title);
    this.#count(view.countdown);
    this.#fill(
      this.#big,
      view.big === null ? [] : [make('span', 'name', view.big[0]), make('span', 'value', view.big[1])],
    );
    this.#fill(
      this.#text,
      view.text.map((line) => make('p', '', line)),
    );
    this.#fill(
      this.#facts,
      view.facts.map(([name, value]) => make('div', '', make('dt', '', name), make('dd', '', value))),
    );
    this.#write(this.#alert, view.alert ?? '');
    if (JSON.stringify([before?.main, before?.others]) !== JSON.stringify([view.main, view.others]))
      this.#drawActions(view);
    this.#drawWho(view, before);
    this.#speak(view, before, opensInMs);
  }

  #write(element: HTMLElement, text: string): void {
    if (element.textContent !== text) element.textContent = text;
    element.hidden = text === '';
  }

  #fill(element: HTMLElement, children: readonly HTMLElement[]): void {
    element.hidden = children.length === 0;
    const next = make('div', '', ...children);
    if (next.innerHTML !== element.innerHTML) element.replaceChildren(...next.childNodes);
  }

  #count(parts: Parts | null): void {
    if (parts === null) {
      this.#fill(this.#timer, []);
      return;
    }
    const from = UNITS.findIndex((unit) => parts[unit] > 0 || unit === 'minutes');
    const shown = UNITS.slice(from).map((unit, i) =>
      make(
        'span',
        'part',
        make('span', 'number', i > 0 ? String(parts[unit]).padStart(2, '0') : String(parts[unit])),
        make('span', 'unit', this.words.units[unit]),
      ),
    );
    this.#fill(this.#timer, shown);
  }

  /** The focus is kept when a button gets another meaning, since it stays the same element. */
  #drawActions({ main, others }: View): void {
    const wanted = [
      ...(main ? [{ ...main, className: 'main' }] : []),
      ...others.map((other) => ({ ...other, className: 'other' })),
    ];
    wanted.forEach((button, i) => {
      const standing = this.#actions.children[i];
      const tag = button.href === undefined ? 'BUTTON' : 'A';
      const element =
        standing instanceof HTMLElement && standing.tagName === tag
          ? standing
          : make(tag === 'A' ? 'a' : 'button', '');
      this.#draw(element, button);
      if (element !== standing) {
        if (standing) standing.replaceWith(element);
        else this.#actions.append(element);
      }
    });
    while (this.#actions.children.length > wanted.length) this.#actions.lastElementChild?.remove();
    this.#actions.hidden = wanted.length === 0;
  }

  #draw(element: HTMLElement, button: Button & { readonly className: string }): void {
    element.className = button.className;
    element.textContent = button.label;
    if (element instanceof HTMLAnchorElement) element.href = button.href ?? '';
    else {
      // Not `disabled`: focus would be lost, and nobody would hear what the button waits for.
      element.ariaDisabled = String(button.act === null);
      element.classList.toggle('busy', button.busy === true);
      element.onclick = () => button.act !== null && this.act(button.act);
    }
  }

  #drawWho({ who, canSignOut }: View, before: View | undefined): void {
    if (before?.who === who && before.canSignOut === canSignOut) return;
    this.#who.hidden = who === null;
    this.#who.replaceChildren(who ?? '');
    if (!canSignOut || who === null) return;
    const button = make('button', 'link', this.words.signOut);
    button.onclick = () => this.act('sign-out');
    this.#who.append(' ', button);
  }

  /**
   * An answer to the person gets the focus; without a press, as when money arrives while the page is open, it is said.
   */
  #speak(view: View, before: View | undefined, opensInMs: number): void {
    const mark = view.countdown ? markBetween(this.#leftMs, opensInMs) : null;
    this.#leftMs = view.countdown ? opensInMs : Infinity;
    if (mark !== null) this.#spoken.textContent = this.words.secondsLeft[mark];
    if (before === undefined || before.title === view.title) return;
    const hasFocus = this.#actions.contains((this.root.getRootNode() as Document | ShadowRoot).activeElement);
    const takesFocus = view.isResult && (hasFocus || before.tone === 'busy');
    if (takesFocus) this.#title.focus();
    this.#spoken.textContent = takesFocus ? '' : [view.title, ...view.text].join(' ');
  }
}
