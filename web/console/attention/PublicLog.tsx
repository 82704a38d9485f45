import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { type PublicLog as Log, publicLogQuery } from '../api/reads.js';
import { useWords } from '../messages/language.tsx';
import { Chip, type Tone } from '../parts/Chip.tsx';
import { Facts } from '../parts/Facts.tsx';

const TONES: Readonly<Record<Log['state'], Tone>> = {
  ...{ off: 'idle', written: 'done', late: 'watch', 'not-written': 'bad', 'set-back': 'bad' },
};

/** How the public log is; nothing where there is none. */
export function PublicLog() {
  const { m, f } = useWords();
  const { data: log, error } = useQuery(publicLogQuery);
  if (!log || log.state === 'off') return null;
  const words = m.publicLog;
  return (
    <section className="panel" aria-labelledby="public-log">
      <h2 id="public-log">
        {words.title} <Chip tone={TONES[log.state]}>{words.state[log.state]}</Chip>
      </h2>
      <p className={error ? 'as-of as-of-stale' : 'as-of'}>
        {error ? m.asOfReconnecting(f.clock(log.asOf)) : m.asOf(f.clock(log.asOf))}
      </p>
      <Facts
        facts={[
          [words.name, log.origin],
          [words.size, <Size key="size" log={log} />],
          [words.checkpoint, <Checkpoint key="checkpoint" log={log} />],
          [words.lag, <Lag key="lag" log={log} />],
          [words.witnesses, <Witnesses key="witnesses" log={log} />],
          [words.stopped, <Stopped key="stopped" log={log} />],
        ]}
      />
    </section>
  );
}

interface Of {
  readonly log: Log;
}

const msBetween = (from: string, to: string): number => Math.max(0, Date.parse(to) - Date.parse(from));

function Size({ log: { size, publishedSize } }: Of) {
  const { m, f } = useWords();
  const behind = size - publishedSize;
  return (
    <>
      {f.count(publishedSize)} {behind > 0 ? m.publicLog.unpublished(f.count(behind)) : null}
    </>
  );
}

function Checkpoint({ log: { publishedAt, asOf } }: Of) {
  const { m, f } = useWords();
  if (publishedAt === null) return m.publicLog.unknown;
  return (
    <>
      {m.publicLog.ago(f.duration(msBetween(publishedAt, asOf)))}{' '}
      <span className="quiet">
        {f.precise(publishedAt)}. {m.publicLog.onlyWithNews}
      </span>
    </>
  );
}

/** What the writer told; that it has not told for long is said beside it. */
function Lag({ log: { state, wholeAt, toldAt, promiseDelayMs } }: Of) {
  const { m, f } = useWords();
  const words = m.publicLog;
  if (wholeAt === null || toldAt === null) return words.unknown;
  return (
    <>
      {f.duration(msBetween(wholeAt, toldAt))}{' '}
      <span className="quiet">
        {promiseDelayMs === null ? null : words.promised(f.duration(promiseDelayMs))}
        {state === 'not-written' || state === 'set-back' ? ` ${words.toldLast(f.precise(toldAt))}` : null}
      </span>
    </>
  );
}

function Witnesses({ log: { witnesses, asOf } }: Of) {
  const { m, f } = useWords();
  const words = m.publicLog;
  if (witnesses.length === 0) return words.noWitnesses;
  return (
    <ul className="plain">
      {witnesses.map(({ name, size, cosignedAt }) => (
        <li key={name}>
          {name}:{' '}
          {cosignedAt === null || size === null
            ? words.notCosigned
            : words.cosigned(f.duration(msBetween(cosignedAt, asOf)), f.count(size))}
        </li>
      ))}
    </ul>
  );
}

function Stopped({ log: { stopped } }: Of) {
  const { m, f } = useWords();
  if (stopped.length === 0) return m.none;
  return (
    <ul className="plain">
      {stopped.map(({ campaignId, stoppedAt }) => (
        <li key={campaignId}>
          <Link href={`/campaigns/${campaignId}`}>{campaignId}</Link>{' '}
          <span className="quiet">{m.attention.since(f.precise(stoppedAt))}</span>
        </li>
      ))}
    </ul>
  );
}
