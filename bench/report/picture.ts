import { type ContestantName, contestantNames } from '../contestants/contestant.js';
import type { Figure } from '../figures/figure.js';
import { numberText } from './number-text.js';
import type { Spread, Spreads } from './statistics.js';

const width = 760;
const labels = 110;
const numbers = 150;
const bars = width - labels - numbers;
const barHeight = 18;
const rowHeight = 24;
const titleHeight = 44;
const margin = 16;

const colours: Readonly<Record<ContestantName, string>> = {
  ours: '#0b7a75',
  framework: '#8d99ae',
  floor: '#5c677d',
  seed: '#bfa89e',
  'row-lock': '#d4a373',
};

function text(x: number, y: number, content: string, attributes = ''): string {
  return `<text x="${x}" y="${y}" ${attributes}>${content}</text>`;
}

/** One contestant: a bar up to the median, and a line from the minimum to the maximum of the rounds. */
function bar(y: number, name: ContestantName, { median, min, max }: Spread, most: number): string {
  const at = (value: number): number => Math.round((labels + (value / most) * bars) * 10) / 10;
  const middle = y + barHeight / 2;
  return [
    text(labels - 8, middle + 4, name, `text-anchor="end"${name === 'ours' ? ' font-weight="bold"' : ''}`),
    `<rect x="${labels}" y="${y}" width="${Math.max(1, at(median) - labels)}" height="${barHeight}" fill="${colours[name]}"/>`,
    `<path d="M${at(min)} ${middle}H${at(max)}" stroke="#111" stroke-width="2"/>`,
    text(at(max) + 8, middle + 4, numberText(median)),
  ].join('\n');
}

function panel(top: number, { name, unit, better }: Figure, spreads: Spreads): string {
  const present = contestantNames.flatMap((contestant) => {
    const spread = spreads[name]?.[contestant];
    return spread ? [{ contestant, spread }] : [];
  });
  const most = Math.max(...present.map(({ spread }) => spread.max));
  return [
    text(margin, top + 28, `${name}, ${unit} (${better} is better)`, 'font-weight="bold" font-size="15"'),
    ...present.map(({ contestant, spread }, row) =>
      bar(top + titleHeight + row * rowHeight, contestant, spread, most),
    ),
  ].join('\n');
}

/**
 * Draws the figures as bars for the documentation. Done by hand, because a chart library would be larger than the
 * bench.
 */
export function drawPicture(figures: readonly Figure[], spreads: Spreads, caption: string): string {
  let top = margin;
  const panels = figures
    .filter(({ name }) => spreads[name])
    .map((figure) => {
      const drawn = panel(top, figure, spreads);
      top += titleHeight + Object.keys(spreads[figure.name] ?? {}).length * rowHeight + margin;
      return drawn;
    });
  const height = top + 2 * margin;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="13" fill="#111">
<rect width="${width}" height="${height}" fill="#fff"/>
${panels.join('\n')}
${text(margin, height - margin, caption, 'font-size="12" fill="#555"')}
</svg>
`;
}
