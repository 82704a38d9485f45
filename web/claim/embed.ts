import './claim.css';
import { retryDelay } from './flow/retry-delay.js';
import type { State } from './flow/state.js';
import { type Mounted, mount } from './mount.js';
import type { Campaign } from './service/answers.js';
import { Service } from './service/service.js';
import { TokenIdentity, type TokenSource } from './token-identity.js';
import type { Words } from './words/words.js';

/** The build's own: changes with the words and styles that belong to this script. */
declare const EMBED_RELEASE: string;

/** Where this script came from is where the service is. */
const origin = new URL((document.currentScript as HTMLScriptElement | null)?.src ?? location.href).origin;

/** One style sheet for all elements of the page. It is no part of the script, and comes beside it. */
const styles = new CSSStyleSheet();
const styled = untilItAnswers(async () => {
  const answer = await fetch(partOfThis('css'));
  return answer.ok ? styles.replace(await answer.text()) : null;
});

/**
 * `<seonchak-claim campaign="spring-drop">`: the claim of one campaign, on a page of a site with a login of its own
 * (docs/claim-page.md). That site hands over a token by the property `token`, or a function `tokenSource` that brings
 * one. Attributes: `campaign`, `lang` (ko or en), `login-href`, `theme` (light or dark). Event: `seonchak-state`.
 */
class SeonchakClaim extends HTMLElement {
  static readonly observedAttributes = ['campaign', 'lang', 'login-href'];
  private readonly identity = new TokenIdentity();
  private readonly shadow = this.attachShadow({ mode: 'open' });
  private mounted: Mounted | undefined;
  private told = '';
  private openings = 0;

  constructor() {
    super();
    this.shadow.adoptedStyleSheets = [styles];
  }

  /** A bearer token, or null when nobody is signed in. */
  set token(token: string | null) {
    this.identity.token = token;
    void this.mounted?.flow.start();
  }

  /** Asked for a token when there is none, and again when the service refuses the one that there is. */
  set tokenSource(source: TokenSource | null) {
    this.identity.source = source;
    void this.mounted?.flow.start();
  }

  connectedCallback(): void {
    void this.open();
  }

  disconnectedCallback(): void {
    this.mounted?.unmount();
    this.mounted = undefined;
  }

  attributeChangedCallback(_: string, before: string | null): void {
    if (this.isConnected && before !== null) void this.open();
  }

  private async open(): Promise<void> {
    this.disconnectedCallback();
    const id = this.getAttribute('campaign') ?? '';
    this.adoptWhatWasSetEarly();
    this.identity.loginUrl = this.getAttribute('login-href');
    const service = new Service(origin, id, this.identity, {});
    const opening = ++this.openings;
    const language = this.closest('[lang]')?.getAttribute('lang') ?? navigator.language;
    const [campaign, words] = await Promise.all([
      campaignOf(service, id),
      wordsOf(language.startsWith('ko') ? 'ko' : 'en'),
      styled,
    ]);
    if (!this.isConnected || opening !== this.openings) return;
    const mounted = mount(campaign, service, this.identity, words, (_, state) => this.tell(state));
    mounted.element.lang = words.language;
    this.mounted = mounted;
    this.shadow.replaceChildren(mounted.element);
    void mounted.flow.start();
  }

  /** Properties that the page set before this script came hide the setters of the class. */
  private adoptWhatWasSetEarly(): void {
    for (const name of ['token', 'tokenSource'] as const) {
      if (!Object.hasOwn(this, name)) continue;
      const early = Object.getOwnPropertyDescriptor(this, name)?.value as never;
      Reflect.deleteProperty(this, name);
      this[name] = early;
    }
  }

  /** Tells the page what has become of the claim, once a change. */
  private tell({ step }: State): void {
    const detail = {
      step: step.kind,
      status: step.kind === 'claimed' ? step.grant.status : null,
      refusal: step.kind === 'refused' ? step.why : null,
    };
    const text = JSON.stringify(detail);
    if (text === this.told) return;
    this.told = text;
    this.dispatchEvent(new CustomEvent('seonchak-state', { detail, bubbles: true }));
  }
}

/** @param part `css`, or a language with `.js` */
function partOfThis(part: string): string {
  return `${origin}/embed.${part}?${EMBED_RELEASE}`;
}

/** The sentences of one language are a script of their own: a page shows one language. */
function wordsOf(language: Language): Promise<Words> {
  return untilItAnswers(async () => {
    const { [`seonchak_${language}` as const]: loaded } = window as LoadedWords;
    return loaded?.[language] ?? (await load(partOfThis(`${language}.js`)));
  });
}

/** What the scripts of words leave behind. */
type LoadedWords = Partial<Record<`seonchak_${Language}`, Partial<Record<Language, Words>>>>;
type Language = Words['language'];

/** Runs a script. @returns null in any case: what it brought is looked for by whoever wanted it */
function load(src: string): Promise<null> {
  const script = document.createElement('script');
  script.src = src;
  return new Promise((resolve) => {
    script.onload = script.onerror = () => resolve(null);
    document.head.append(script);
  });
}

/** Tries until there is something: null means no answer yet. */
async function untilItAnswers<T>(attempt: () => Promise<T | null>): Promise<T> {
  for (let failures = 1; ; failures++) {
    const answer = await attempt().catch(() => null);
    if (answer !== null) return answer;
    await new Promise((resolve) => setTimeout(resolve, retryDelay(failures, null)));
  }
}

/** A campaign that does not exist is found out again, and said, by the flow. */
async function campaignOf(service: Service, id: string): Promise<Campaign> {
  const campaign = await untilItAnswers(() => service.campaign());
  if (campaign) return campaign;
  return {
    id,
    name: '',
    capacity: 0,
    waitingCapacity: 0,
    amount: 0,
    currency: 'KRW',
    eligibility: 'everybody',
    opensAt: null,
    state: 'CLOSED',
    endedAt: null,
  };
}

if (!customElements.get('seonchak-claim')) customElements.define('seonchak-claim', SeonchakClaim);
