import { useQuery } from '@tanstack/react-query';
import { storyQuery } from '../api/reads.js';
import { useWords } from '../messages/language.tsx';
import { Failure } from '../parts/Failure.tsx';
import { Loading } from '../parts/Loading.tsx';
import { eventDetail } from './event-detail.js';

/** The summary above says the same in the viewer's language. */
const SAID_ABOVE: ReadonlySet<string> = new Set(['claimed', 'ended']);

/** Everything that happened to a person, oldest first, to the millisecond. */
export function Timeline({ campaignId, userId }: { readonly campaignId: string; readonly userId: string }) {
  const { m, f } = useWords();
  const { data: story, error, refetch } = useQuery(storyQuery(campaignId, userId));
  return (
    <section className="panel" aria-labelledby="story">
      <h3 id="story">{m.person.story}</h3>
      {story ? (
        <ol className="timeline">
          {story.events.map((event, i) => (
            <li key={i} className={`event event-${event.kind}`}>
              <time dateTime={event.at}>{f.precise(event.at)}</time>
              <div>
                <strong>{m.person.kinds[event.kind] ?? event.kind}</strong>
                {event.detail === null || SAID_ABOVE.has(event.kind) ? null : (
                  <p>{eventDetail(event.detail, m)}</p>
                )}
                {event.actor === null ? null : <p className="quiet">{m.person.by(event.actor)}</p>}
              </div>
            </li>
          ))}
        </ol>
      ) : error ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : (
        <Loading />
      )}
    </section>
  );
}
