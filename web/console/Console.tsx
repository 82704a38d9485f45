import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { Route, Switch } from 'wouter';
import { sessionQuery } from './api/reads.js';
import { OperatorContext, useMay } from './api/session.tsx';
import { AttentionScreen } from './attention/AttentionScreen.tsx';
import { CampaignList } from './campaigns/CampaignList.tsx';
import { CampaignScreen } from './campaigns/CampaignScreen.tsx';
import { useWords } from './messages/language.tsx';
import { Failure } from './parts/Failure.tsx';
import { Loading } from './parts/Loading.tsx';
import { Shell } from './Shell.tsx';
import { SignIn } from './SignIn.tsx';
import { TrailScreen } from './trail/TrailScreen.tsx';

const WebhooksScreen = lazy(async () => ({
  default: (await import('./webhooks/WebhooksScreen.tsx')).WebhooksScreen,
}));
const CreateScreen = lazy(async () => ({
  default: (await import('./campaigns/CreateScreen.tsx')).CreateScreen,
}));

/** Which screen, for whom. */
export function Console() {
  const { m } = useWords();
  const session = useQuery(sessionQuery);
  if (!session.data) {
    return (
      <main className="alone">
        <h1>{m.product}</h1>
        {session.error ? <Failure error={session.error} retry={() => void session.refetch()} /> : <Loading />}
      </main>
    );
  }
  const { operator, loginUrl } = session.data;
  if (!operator) return <SignIn loginUrl={loginUrl} />;
  const mayRead = operator.scopes.includes('grants:read') || operator.scopes.includes('grants:admin');
  return (
    <OperatorContext value={operator}>
      <Shell>
        {mayRead ? (
          <Suspense fallback={<Loading />}>
            <Screens />
          </Suspense>
        ) : (
          <p className="notice">{operator.scopes.length === 0 ? m.noScopes : m.lacksRead}</p>
        )}
      </Shell>
    </OperatorContext>
  );
}

function Screens() {
  const { m } = useWords();
  const mayCreate = useMay('grants:campaigns');
  return (
    <Switch>
      <Route path="/">
        <CampaignList />
      </Route>
      <Route path="/new">
        {mayCreate ? <CreateScreen /> : <p className="notice">{m.problem['forbidden']}</p>}
      </Route>
      <Route path="/attention">
        <AttentionScreen />
      </Route>
      <Route path="/webhooks">
        <WebhooksScreen />
      </Route>
      <Route path="/trail">
        <TrailScreen />
      </Route>
      <Route path="/campaigns/:id/*?">{({ id }) => <CampaignScreen key={id} id={id} />}</Route>
      <Route>
        <h1>{m.notFound}</h1>
      </Route>
    </Switch>
  );
}
