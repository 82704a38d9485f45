import { hashKey, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Router } from 'wouter';
import { isSignedOut, mayPass } from './api/problem.js';
import { sessionQuery } from './api/reads.js';
import { Console } from './Console.tsx';
import { LanguageProvider } from './messages/language.tsx';
import './styles/colours.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/screens.css';
import './styles/now.css';

const TRIES = 2;

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 2_000,
      retry: (failures, error) => failures < TRIES && mayPass(error),
    },
  },
});

// Whatever is refused for want of a session shows the sign-in page.
queries.getQueryCache().subscribe(({ type, query }) => {
  if (type !== 'updated' || query.queryHash === hashKey(sessionQuery.queryKey)) return;
  if (query.state.status === 'error' && isSignedOut(query.state.error))
    void queries.invalidateQueries({ queryKey: sessionQuery.queryKey });
});

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <LanguageProvider>
        <Router base="/console">
          <Console />
        </Router>
      </LanguageProvider>
    </QueryClientProvider>
  </StrictMode>,
);
