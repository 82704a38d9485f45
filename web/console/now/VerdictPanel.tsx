import { Link } from 'wouter';
import type { LiveFigures } from '../api/live.js';
import type { Campaign } from '../api/reads.js';
import { useWords } from '../messages/language.tsx';
import { Chip } from '../parts/Chip.tsx';
import type { Reason, Verdict } from './verdict.js';

/** Where one goes on from a reason; none where the console can not help. */
function placeFor(reason: Reason, campaignId: string): string | null {
  const base = `/campaigns/${campaignId}`;
  switch (reason) {
    case 'payouts-stopped':
      return `${base}/trail`;
    case 'all-payouts-stopped':
      return '/attention';
    case 'payouts-held':
    case 'decision-to-approve':
      return `${base}/payouts`;
    case 'payouts-in-doubt':
      return `${base}/payouts?state=IN_DOUBT`;
    case 'oldest-unpaid':
      return `${base}/payouts?state=DUE`;
    default:
      return null;
  }
}

interface VerdictPanelProps {
  readonly campaign: Campaign;
  readonly figures: LiveFigures;
  readonly verdict: Verdict;
}

/** Why nothing has to be done. What opens later says when, and how long that is, by the service's clock. */
function Good({ campaign, figures }: Omit<VerdictPanelProps, 'verdict'>) {
  const { m, f } = useWords();
  if (figures.finished) return m.now.finished;
  if (figures.state === 'OPEN' && figures.postgres.available === 0) return m.now.soldOut;
  const { opensAt } = campaign;
  const leftMs = opensAt === null ? 0 : Date.parse(opensAt) - Date.parse(figures.at);
  if (figures.state === 'SCHEDULED' && opensAt !== null && leftMs > 0)
    return m.now.opensIn(f.moment(opensAt), f.duration(Math.ceil(leftMs / 1_000) * 1_000));
  return m.now.good[figures.state];
}

/** One sentence on whether it goes well; if not, what is wrong and what to do, worst first. */
export function VerdictPanel({ campaign, figures, verdict }: VerdictPanelProps) {
  const { m, f } = useWords();
  if (verdict.level === 'good') {
    return (
      <p className="verdict verdict-good">
        <span aria-hidden="true">✓</span> <Good campaign={campaign} figures={figures} />
      </p>
    );
  }
  return (
    <section
      className={`verdict verdict-${verdict.level}`}
      aria-label={verdict.level === 'act' ? m.now.act : m.now.watch}
    >
      <ul>
        {verdict.reasons.map(({ reason, level, count }) => {
          const place = placeFor(reason, campaign.id);
          return (
            <li key={reason}>
              <Chip tone={level === 'act' ? 'bad' : 'watch'}>
                {level === 'act' ? m.now.act : m.now.watch}
              </Chip>{' '}
              <strong>
                {m.reasons[reason].what}
                {count === null ? null : `: ${f.count(count)}`}
              </strong>
              <p>
                {m.reasons[reason].next}{' '}
                {place === null ? null : <Link href={place}>{m.attention.look}</Link>}
              </p>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
