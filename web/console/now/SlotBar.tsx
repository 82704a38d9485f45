import type { LiveFigures } from '../api/live.js';
import type { Campaign } from '../api/reads.js';
import { useWords } from '../messages/language.tsx';
import { Chip } from '../parts/Chip.tsx';
import { isPostgresOld } from './postgres-age.js';

type Parts = Pick<LiveFigures['postgres'], 'settled' | 'processing' | 'available'>;

/** In the order in which a slot goes through them, from the left. */
const PARTS = [
  ['settled', 'done'],
  ['processing', 'busy'],
  ['available', 'idle'],
] as const;

/** Where all slots are. The three parts always add up to the capacity; if they do not, it says so. */
export function SlotBar({
  campaign,
  figures,
}: {
  readonly campaign: Campaign;
  readonly figures: LiveFigures;
}) {
  const { m, f } = useWords();
  const { postgres, capacity } = figures;
  const sum = postgres.settled + postgres.processing + postgres.available;
  return (
    <section className="panel" aria-labelledby="slots">
      <h2 id="slots">{m.now.bar}</h2>
      <Bar parts={postgres} />
      <dl className="parts">
        {PARTS.map(([part, tone]) => (
          <div key={part} className={`part part-${tone}`}>
            <dt>{m.now[part]}</dt>
            <dd>
              <b data-testid={part}>{f.count(postgres[part])}</b>{' '}
              <span className="quiet">{f.percent(postgres[part], capacity)}</span>
            </dd>
          </div>
        ))}
        <div className="part part-sum">
          <dt className="visually-hidden">{m.terms.capacity}</dt>
          <dd>{m.now.sum(f.count(sum))}</dd>
        </div>
      </dl>
      {sum === capacity ? null : (
        <p className="wrong">{m.now.doesNotAddUp(f.count(sum), f.count(capacity))}</p>
      )}
      <Gate figures={figures} />
      <dl className="beside">
        <div>
          <dt>{m.now.line}</dt>
          <dd data-testid="waiting">
            {campaign.waitingCapacity === 0
              ? m.now.noLine
              : m.now.lineOf(f.count(postgres.waiting), f.count(campaign.waitingCapacity))}
          </dd>
        </div>
        <div>
          <dt>{m.now.failed}</dt>
          <dd data-testid="failed">{m.campaigns.people(f.count(postgres.failed))}</dd>
        </div>
        <div>
          <dt>{m.now.ended}</dt>
          <dd data-testid="ended">{m.campaigns.people(f.count(postgres.ended))}</dd>
        </div>
        <div>
          <dt>{m.now.left}</dt>
          <dd data-testid="left">{m.campaigns.people(f.count(postgres.left))}</dd>
        </div>
      </dl>
    </section>
  );
}

/** The widths are the numbers themselves; a part with one slot is still visible. */
function Bar({ parts }: { readonly parts: Parts }) {
  const { m, f } = useWords();
  const spoken = PARTS.map(([part]) => `${m.now[part]} ${f.count(parts[part])}`).join(', ');
  return (
    <div className="bar" role="img" aria-label={`${m.now.barLabel}: ${spoken}`}>
      {PARTS.map(([part, tone]) =>
        parts[part] > 0 ? (
          <span key={part} className={`bar-part bar-${tone}`} style={{ flexGrow: parts[part] }} />
        ) : null,
      )}
    </div>
  );
}

function Gate({ figures }: { readonly figures: LiveFigures }) {
  const { m, f } = useWords();
  const { gate, differs, finished } = figures;
  if (finished) return null; // it has none any more
  if (isPostgresOld(figures)) return null; // nothing to compare it with
  if (gate === null) return <p className="quiet">{m.now.gateAway}</p>;
  if (!differs) return <p className="quiet">{m.now.gateAgrees}</p>;
  return (
    <div className="gate">
      <Chip tone="bad">{m.now.gateDiffers}</Chip>
      <p>
        {m.now.gateSays} ({m.asOf(f.clock(gate.asOf))}):{' '}
        {PARTS.map(([part]) => `${m.now[part]} ${f.count(gate[part])}`).join(', ')}
      </p>
      <Bar parts={gate} />
    </div>
  );
}
