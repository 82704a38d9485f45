import { MisplacedFile } from '../../../verification/verifier/reading/misplaced-file.js';
import type { UnusableInput } from '../../../verification/verifier/unusable-input.js';
import {
  aboutList,
  aboutLog,
  aboutReceipts,
  aside,
  brokenRules,
  countsOf,
  headline,
  lossesOf,
  remarksOn,
  type Said,
} from '../../../verification/verifier/verdict/describe.js';
import type { CampaignVerdict, Verdict } from '../../../verification/verifier/verdict/verdict.js';
import type { PageWords } from '../words/words.js';
import { element } from './element.js';
import type { Formats } from './formats.js';
import { paintPicture } from './picture.js';

const TONES = { proven: 'good', violated: 'bad', 'not-proven': 'wait' } as const;

/** The verdict, for people. */
export function paintResult(verdict: Verdict, words: PageWords, formats: Formats): HTMLElement {
  const { verdict: said } = words;
  const ofList = aboutList(verdict, said, formats);
  const shown = [...aboutReceipts(verdict, said, formats), ...(ofList === null ? [] : [ofList])];
  return element(
    'div',
    { class: 'result' },
    element(
      'div',
      { class: 'verdict', 'data-tone': TONES[verdict.conclusion] },
      element('h2', { tabindex: '-1' }, headline(verdict, said)),
      ...shown.map((sentence) => element('p', { class: 'receipt' }, sentence)),
    ),
    ...listOf(words.broken, brokenRules(verdict, said, formats)),
    ...verdict.campaigns.flatMap((campaign) => paintCampaign(campaign, words, formats)),
    ...asideOf(verdict, words),
    element('p', { class: 'quiet' }, aboutLog(verdict, said, formats).join(' · ')),
  );
}

/** Why there is no verdict. */
export function paintUnusable(error: UnusableInput, words: PageWords): HTMLElement {
  const reason =
    error instanceof MisplacedFile
      ? words.verdict.misplaced[error.misplacement]
      : words.because(error.message);
  return element(
    'div',
    { class: 'verdict', 'data-tone': 'wait' },
    element('h2', { tabindex: '-1' }, words.unusable),
    element('p', {}, reason),
  );
}

function paintCampaign(campaign: CampaignVerdict, words: PageWords, formats: Formats): Node[] {
  const counts = countsOf(campaign, words.verdict, formats);
  return [
    element('h2', {}, words.campaign(campaign.campaign)),
    ...(counts === null ? [] : [element('p', {}, counts)]),
    ...lossesOf(campaign, words.verdict, formats).map((sentence) => element('p', {}, sentence)),
    ...listOf(words.broken, brokenRules(campaign, words.verdict, formats)),
    ...(campaign.picture ? [paintPicture(campaign.picture, words, formats)] : []),
    ...listOf(words.remarks, remarksOn(campaign, words.verdict, formats)),
  ];
}

function listOf(title: string, all: readonly Said[]): Node[] {
  if (all.length === 0) return [];
  const items = all.map(({ sentence, details }) =>
    element(
      'li',
      {},
      element('p', {}, sentence),
      ...(details.length > 0
        ? [element('ul', {}, ...details.map((text) => element('li', {}, element('code', {}, text))))]
        : []),
    ),
  );
  return [element('h3', {}, title), element('ul', { class: 'findings' }, ...items)];
}

function asideOf(verdict: Verdict, words: PageWords): Node[] {
  const sentences = aside(verdict, words.verdict);
  if (sentences.length === 0) return [];
  const items = sentences.map((sentence) => element('li', {}, sentence));
  return [element('h3', {}, words.aside), element('ul', {}, ...items)];
}
