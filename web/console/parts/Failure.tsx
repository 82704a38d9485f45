import { useQuery } from '@tanstack/react-query';
import { isSignedOut, mayPass, ProblemError } from '../api/problem.js';
import { sessionQuery } from '../api/reads.js';
import { useWords } from '../messages/language.tsx';
import { Button } from './Button.tsx';
import { explanation } from './explanation.js';

/** A part of the page could not be loaded: what happened, and a way on. */
export function Failure({ error, retry }: { readonly error: unknown; readonly retry?: () => void }) {
  const { m } = useWords();
  return (
    <div className="notice notice-bad" role="alert">
      <strong>{m.failed}</strong>
      <p>{explanation(error, m)}</p>
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
  if (error == null) return null;
  const fields = error instanceof ProblemError ? Object.entries(error.fields) : [];
  return (
    <div className="notice notice-bad" role="alert">
      <p>{explanation(error, m)}</p>
      {fields.length === 0 ? null : (
        <ul>
          {fields.map(([field, message]) => (
            <li key={field}>{message}</li>
          ))}
        </ul>
      )}
      {isSignedOut(error) ? <SignInAside /> : null}
    </div>
  );
}

/** In another tab, so that what was typed here stays. */
function SignInAside() {
  const { m } = useWords();
  const { data: session } = useQuery(sessionQuery);
  if (!session?.loginUrl) return null;
  return (
    <a className="button" href={`${session.loginUrl}?returnTo=/console`} target="_blank">
      {m.signIn}
    </a>
  );
}
