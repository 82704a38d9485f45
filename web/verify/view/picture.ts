import {
  OUTCOMES,
  type Outcome,
  type Picture,
  type Stretch,
} from '../../../verification/verifier/verdict/picture.js';
import type { PageWords } from '../words/words.js';
import { element, shape } from './element.js';
import type { Formats } from './formats.js';

const WIDTH = 720;
const HEIGHT = 160;
const TABLE_ROWS = 12;

/** The picture of the order: what became of people in the order in which they came, and how fast they came. */
export function paintPicture(picture: Picture, words: PageWords, formats: Formats): HTMLElement {
  const people = formats.number(picture.people);
  const seconds = formats.seconds(picture.lastMs);
  const present = OUTCOMES.filter((outcome) => picture.stretches.some(({ counts }) => counts[outcome] > 0));
  return element(
    'section',
    { class: 'picture' },
    element('h3', {}, words.picture),
    figure(
      words.order,
      words.orderOf(people, formats.number(picture.stretches.length)),
      picture.stretches.flatMap((stretch, at) => column(stretch, at, picture, present)),
      legend(present, words),
    ),
    figure(words.overTime, words.overTimeOf(people, seconds), [arrivals(picture)]),
    element('details', {}, element('summary', {}, words.asTable), table(picture, present, words, formats)),
  );
}

function figure(title: string, text: string, shapes: readonly Node[], ...more: readonly Node[]): HTMLElement {
  const svg = shape(
    'svg',
    {
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      preserveAspectRatio: 'none',
      role: 'img',
      'aria-label': `${title}. ${text}`,
    },
    ...shapes,
  );
  return element(
    'figure',
    {},
    element('figcaption', {}, title),
    svg,
    ...more,
    element('p', { class: 'quiet' }, text),
  );
}

/** One stretch of the order: its outcomes above each other, whole height for all of its people. */
function column(
  { counts }: Stretch,
  at: number,
  { stretches }: Picture,
  present: readonly Outcome[],
): Node[] {
  const width = WIDTH / stretches.length;
  const all = present.reduce((sum, outcome) => sum + counts[outcome], 0);
  let y = HEIGHT;
  return present
    .filter((outcome) => counts[outcome] > 0)
    .map((outcome) => {
      const height = (HEIGHT * counts[outcome]) / all;
      y -= height;
      return shape('rect', { class: outcome, x: at * width, y, width: width + 0.5, height });
    });
}

function legend(present: readonly Outcome[], words: PageWords): HTMLElement {
  const items = present.map((outcome) =>
    element(
      'li',
      {},
      element('span', { class: `key ${outcome}`, 'aria-hidden': 'true' }),
      words.outcomes[outcome],
    ),
  );
  return element('ul', { class: 'legend' }, ...items);
}

function arrivals({ stretches, people, lastMs }: Picture): Node {
  let come = 0;
  const points = stretches.map(({ afterMs, counts }) => {
    come += Object.values(counts).reduce((sum, count) => sum + count, 0);
    const x = lastMs === 0 ? WIDTH : (WIDTH * afterMs) / lastMs;
    return `L${x.toFixed(1)} ${(HEIGHT - (HEIGHT * come) / people).toFixed(1)}`;
  });
  return shape('path', { class: 'arrivals', d: `M0 ${HEIGHT}${points.join('')}L${WIDTH} ${HEIGHT}Z` });
}

function table(
  picture: Picture,
  present: readonly Outcome[],
  words: PageWords,
  formats: Formats,
): HTMLElement {
  const head = [words.places, words.after, ...present.map((outcome) => words.outcomes[outcome])];
  const rows = gathered(picture.stretches).map(({ from, to, afterMs, counts }) => [
    `${formats.number(from)}–${formats.number(to)}`,
    words.seconds(formats.seconds(afterMs)),
    ...present.map((outcome) => formats.number(counts[outcome])),
  ]);
  return element(
    'div',
    { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': words.asTable },
    element(
      'table',
      {},
      element('thead', {}, element('tr', {}, ...head.map((text) => element('th', { scope: 'col' }, text)))),
      element(
        'tbody',
        {},
        ...rows.map(([place = '', ...cells]) =>
          element(
            'tr',
            {},
            element('th', { scope: 'row' }, place),
            ...cells.map((text) => element('td', {}, text)),
          ),
        ),
      ),
    ),
  );
}

/** Few enough rows to read. */
function gathered(stretches: readonly Stretch[]): Stretch[] {
  const each = Math.ceil(stretches.length / TABLE_ROWS);
  return Array.from({ length: Math.ceil(stretches.length / each) }, (_, row) =>
    stretches.slice(row * each, (row + 1) * each).reduce((all, next) => ({
      from: all.from,
      to: next.to,
      afterMs: Math.max(all.afterMs, next.afterMs),
      counts: Object.fromEntries(
        OUTCOMES.map((name) => [name, all.counts[name] + next.counts[name]]),
      ) as Stretch['counts'],
    })),
  );
}
