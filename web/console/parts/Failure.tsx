import { mayPass, ProblemError } from '../api/problem.js';
import { useWords } from '../messages/language.tsx';
import { Button } from './Button.tsx';

/** What a refusal means, in the viewer's language where the code is known. */
export function useExplanation(): (error: unknown) => string {
  const { m } = useWords();
  return (error) => {
    if (!(error instanceof ProblemError)) return m.failedOffline;
    if (error.code === 'unknown-campaign') return m.unknownCampaign;
    return m.problem[error.code] ?? (error.status >= 500 ? m.failedUnavailable : error.message);
  };
}

/** A part of the page could not be loaded: what happened, and a way on. */
export function Failure({ error, retry }: { readonly error: unknown; readonly retry?: () => void }) {
  const { m } = useWords();
  const explain = useExplanation();
  return (
    <div className="notice notice-bad" role="alert">
      <strong>{m.failed}</strong>
      <p>{explain(error)}</p>
      {error instanceof ProblemError && error.requestId !== null ? (
        <p className="quiet">{m.requestId(error.requestId)}</p>
      ) : null}
      {retry && mayPass(error) ? <Button onPress={retry}>{m.retry}</Button> : null}
    </div>
  );
}

/** An act was refused. Stands beside the button that was pressed. */
export function Refusal({ error }: { readonly error: unknown }) {
  const { m } = useWords();
  const explain = useExplanation();
  if (error == null) return null;
  const known = error instanceof ProblemError && error.code in m.problem && error.code !== 'invalid-request';
  return (
    <div className="notice notice-bad" role="alert">
      <p>{explain(error)}</p>
      {error instanceof ProblemError && !known && error.code === 'invalid-request' ? (
        <ul>
          {Object.entries(error.fields).map(([field, message]) => (
            <li key={field}>{message}</li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}
