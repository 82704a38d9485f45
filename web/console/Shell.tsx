import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { signOut } from './api/live.js';
import { attentionQuery } from './api/reads.js';
import { useMay, useOperator } from './api/session.tsx';
import { useWords } from './messages/language.tsx';
import { Button } from './parts/Button.tsx';

/** What stands around every screen: where one can go, what waits, who is signed in. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const { m, f } = useWords();
  const operator = useOperator();
  const queries = useQueryClient();
  const leave = async () => {
    await signOut();
    await queries.resetQueries();
  };
  return (
    <>
      <a className="skip" href="#content">
        {m.skip}
      </a>
      <header className="top">
        <Link className="brand" href="/">
          <span aria-hidden="true" className="brand-mark" /> {m.product}{' '}
          <span className="brand-part">{m.console}</span>
        </Link>
        <Sections />
        <div className="top-end">
          <LanguageSwitch />
          <span className="who" title={m.signedInAs(operator.name ?? operator.id)}>
            {operator.name ?? operator.id}
          </span>
          <Button weight="quiet" onPress={() => void leave()}>
            {m.signOut}
          </Button>
        </div>
      </header>
      <main id="content" tabIndex={-1}>
        {children}
      </main>
      <footer className="quiet">{m.yourZone(f.zone)}</footer>
    </>
  );
}

function Sections() {
  const { m } = useWords();
  const [location] = useLocation();
  const isHere = (path: string): 'page' | undefined =>
    (path === '/' ? location === '/' || location.startsWith('/campaigns') : location.startsWith(path))
      ? 'page'
      : undefined;
  return (
    <nav aria-label={m.navigation} className="sections">
      <Link href="/" aria-current={isHere('/')}>
        {m.nav.campaigns}
      </Link>
      <Link href="/attention" aria-current={isHere('/attention')}>
        {m.nav.attention}
        {useMay('grants:read') ? <Waiting /> : null}
      </Link>
      <Link href="/webhooks" aria-current={isHere('/webhooks')}>
        {m.nav.webhooks}
      </Link>
      <Link href="/trail" aria-current={isHere('/trail')}>
        {m.nav.trail}
      </Link>
    </nav>
  );
}

/** How much waits for a human, wherever one is. */
function Waiting() {
  const { f } = useWords();
  const { data } = useQuery(attentionQuery);
  if (!data || data.items.length === 0) return null;
  return <span className="badge">{f.count(data.items.length)}</span>;
}

export function LanguageSwitch() {
  const { m, language, change } = useWords();
  const other = language === 'ko' ? 'en' : 'ko';
  return (
    <button type="button" className="button button-quiet" lang={other} onClick={() => change(other)}>
      {m.otherLanguage}
    </button>
  );
}
