import type { IncomingMessage, ServerResponse } from 'node:http';
import helmet from 'helmet';

/** Helmet as this service configures it. */
export const protect = helmet({
  // The service speaks plain HTTP behind a proxy: telling browsers to upgrade would break /docs without one.
  contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
});

/** Helmet's headers, which are the same for every answer: names and values in turn, as `writeHead` takes them. */
export function securityHeaders(): readonly string[] {
  const headers: string[] = [];
  const recorder = {
    setHeader: (name: string, value: string) => headers.push(name, value),
    removeHeader: () => undefined,
  };
  protect({} as IncomingMessage, recorder as unknown as ServerResponse, (error) => {
    if (error) throw error as Error;
  });
  return headers;
}
