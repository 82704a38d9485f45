import { useWords } from '../messages/language.tsx';

/** Something is on its way. It says so after a moment only, so that quick answers do not flicker. */
export function Loading() {
  const { m } = useWords();
  return (
    <p className="loading" role="status">
      {m.loading}
    </p>
  );
}
