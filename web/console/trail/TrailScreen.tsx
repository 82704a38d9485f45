import { useWords } from '../messages/language.tsx';
import { useTitle } from '../parts/title.js';
import { Acts } from './Acts.tsx';

/** What operators did, in all campaigns. */
export function TrailScreen() {
  const { m } = useWords();
  useTitle(m.trail.title);
  return (
    <>
      <h1>{m.trail.title}</h1>
      <Acts campaignId={null} />
    </>
  );
}
