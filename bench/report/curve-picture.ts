import type { CurvePoint } from '../figures/overload/overload-curve.js';
import { numberText } from './number-text.js';

const width = 760;
const labels = 110;
const bars = 330;
const rowHeight = 24;
const barHeight = 18;
const titleHeight = 44;
const margin = 16;

const kinds = [
  { name: 'served', colour: '#0b7a75' },
  { name: 'shed', colour: '#bfa89e' },
  { name: 'failed', colour: '#c1121f' },
] as const;

function text(x: number, y: number, content: string, attributes = ''): string {
  return `<text x="${x}" y="${y}" ${attributes}>${content}</text>`;
}

/** One step as a bar of its outcomes. All bars of a panel have the same scale, relative to its largest step. */
function bar(y: number, name: string, point: CurvePoint, most: number): string {
  let x = labels;
  const parts = kinds.map((kind) => {
    const length = Math.round((point[kind.name] / most) * bars * 10) / 10;
    const part = `<rect x="${x}" y="${y}" width="${length}" height="${barHeight}" fill="${kind.colour}"/>`;
    x = Math.round((x + length) * 10) / 10;
    return part;
  });
  const told = [
    `${numberText(point.served)} served`,
    ...(point.shed > 0 ? [`${numberText(point.shed)} shed`] : []),
    ...(point.served > 0 ? [`p99 ${numberText(point.servedP99)} ms`] : []),
  ];
  return [
    text(labels - 8, y + 13, name, 'text-anchor="end"'),
    ...parts,
    text(Math.ceil(x) + 8, y + 13, told.join(', ')),
  ].join('\n');
}

/** Draws the steps of overload as bars, one panel per variant. */
export function drawCurves(
  curves: readonly { readonly title: string; readonly curve: readonly CurvePoint[] }[],
  stepName: (step: number) => string,
  caption: string,
): string {
  let top = margin;
  const panels = curves.map(({ title, curve }) => {
    const most = Math.max(...curve.map(({ served, shed, failed }) => served + shed + failed));
    const drawn = [
      text(margin, top + 28, `${title}: claims per second`, 'font-weight="bold" font-size="15"'),
      ...curve.map((point, step) => bar(top + titleHeight + step * rowHeight, stepName(step), point, most)),
    ].join('\n');
    top += titleHeight + curve.length * rowHeight + margin;
    return drawn;
  });
  const height = top + 2 * margin;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="13" fill="#111">
<rect width="${width}" height="${height}" fill="#fff"/>
${panels.join('\n')}
${text(margin, height - margin, `${caption} Teal: served; brown: 503 with Retry-After; red: failed.`, 'font-size="12" fill="#555"')}
</svg>
`;
}
