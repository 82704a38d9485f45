import type { ReactNode } from 'react';
import type { LiveFigures } from '../api/live.js';
import { useWords } from '../messages/language.tsx';
import type { Tone } from '../parts/Chip.tsx';
import { LONG_UNPAID_MS } from './verdict.js';

/** The few numbers that say how fast it goes and what is stuck, each with its unit. */
export function KeyFigures({ figures }: { readonly figures: LiveFigures }) {
  const { m, f } = useWords();
  const { rates, latencyMs, oldestUnpaidMs, inDoubt, held } = figures;
  const rate = (value: number | undefined): ReactNode =>
    value === undefined ? (
      '–'
    ) : (
      <>
        <b>{f.decimal(value)}</b> {m.perSecond}
      </>
    );
  const isLate = oldestUnpaidMs !== null && oldestUnpaidMs > LONG_UNPAID_MS;
  return (
    <dl className="figures">
      <Figure name={m.now.accepted}>{rate(rates?.accepted)}</Figure>
      <Figure name={m.now.soldOutRate}>{rate(rates?.soldOut)}</Figure>
      <Figure name={m.now.paid}>{rate(rates?.paid)}</Figure>
      <Figure name={m.now.p99}>
        {latencyMs === null ? m.now.noCalls : <b>{f.duration(latencyMs.p99)}</b>}
      </Figure>
      <Figure name={m.now.oldestUnpaid} tone={isLate ? 'bad' : null}>
        {oldestUnpaidMs === null ? m.none : <b>{f.duration(oldestUnpaidMs)}</b>}
      </Figure>
      <Figure name={m.now.inDoubt} tone={inDoubt > 0 ? 'watch' : null}>
        <b>{f.count(inDoubt)}</b>
      </Figure>
      <Figure name={m.now.held} tone={held > 0 ? 'bad' : null}>
        <b>{f.count(held)}</b>
      </Figure>
    </dl>
  );
}

interface FigureProps {
  readonly name: string;
  readonly tone?: Tone | null;
  readonly children: ReactNode;
}

function Figure({ name, tone = null, children }: FigureProps) {
  return (
    <div className={tone === null ? 'figure' : `figure figure-${tone}`}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
