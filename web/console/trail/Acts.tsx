import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { type AdminAct, actsQuery } from '../api/reads.js';
import { useWords } from '../messages/language.tsx';
import { Pages } from '../parts/Pages.tsx';

/** RFC 3339, as the API writes it. */
const TIME = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

/** The trail, of one campaign or of all: who did what, when and why. */
export function Acts({ campaignId }: { readonly campaignId: string | null }) {
  const { m } = useWords();
  const query = useInfiniteQuery(actsQuery(campaignId));
  return (
    <>
      <p className="quiet">{m.trail.about}</p>
      <Pages query={query} empty={<p className="empty">{m.trail.empty}</p>}>
        {(acts) => (
          <table className="list">
            <thead>
              <tr>
                <th scope="col">{m.trail.what}</th>
                <th scope="col">{m.trail.who}</th>
                <th scope="col">{m.trail.why}</th>
                <th scope="col">{m.trail.when}</th>
              </tr>
            </thead>
            <tbody>
              {acts.map((act) => (
                <ActRow key={act.id} act={act} isNamed={campaignId === null} />
              ))}
            </tbody>
          </table>
        )}
      </Pages>
    </>
  );
}

function ActRow({ act, isNamed }: { readonly act: AdminAct; readonly isNamed: boolean }) {
  const { m, f } = useWords();
  const { currency } = act.detail;
  const detail = Object.entries<unknown>(act.detail);
  const shown = (name: string, value: unknown): string => {
    if (value === null) return m.trail.none;
    if (typeof value === 'number' && name === 'amount' && typeof currency === 'string')
      return f.money(value, currency);
    if (typeof value === 'number') return f.count(value);
    if (typeof value !== 'string') return JSON.stringify(value);
    if (Object.hasOwn(m.trail.value, value)) return m.trail.value[value] ?? value;
    return TIME.test(value) ? f.moment(value) : value;
  };
  return (
    <tr>
      <th scope="row">
        {m.trail.act[act.act] ?? act.act}
        {isNamed && act.campaignId !== null ? (
          <Link className="block" href={`/campaigns/${act.campaignId}`}>
            {act.campaignId}
          </Link>
        ) : null}
        {detail.length === 0 ? null : (
          <span className="quiet block detail">
            {detail
              .map(([name, value]) => `${m.trail.detail[name] ?? name}: ${shown(name, value)}`)
              .join(', ')}
          </span>
        )}
      </th>
      <td data-label={m.trail.who}>{act.actor}</td>
      <td data-label={m.trail.why}>{act.reason ?? <span className="quiet">{m.trail.noReason}</span>}</td>
      <td data-label={m.trail.when}>{f.precise(act.at)}</td>
    </tr>
  );
}
