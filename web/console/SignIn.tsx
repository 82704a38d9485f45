import { useWords } from './messages/language.tsx';
import { LanguageSwitch } from './Shell.tsx';

/** Nobody is signed in. The login is a link to the service, which leads to the organisation's provider and back. */
export function SignIn({ loginUrl }: { readonly loginUrl: string | null }) {
  const { m } = useWords();
  const back = encodeURIComponent(window.location.pathname + window.location.search);
  return (
    <main className="alone">
      <h1>{m.signInTitle}</h1>
      {loginUrl === null ? (
        <p>{m.signInOff}</p>
      ) : (
        <>
          <p>{m.signInWhy}</p>
          <p>
            <a className="button button-main" href={`${loginUrl}?returnTo=${back}`}>
              {m.signIn}
            </a>
          </p>
        </>
      )}
      <LanguageSwitch />
    </main>
  );
}
