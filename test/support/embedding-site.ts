import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A site of somebody else's that embeds the claim: another origin than the service's. */
export class EmbeddingSite {
  /** Where the script comes from; set once the service listens. */
  serviceUrl = '';

  private constructor(
    private readonly server: Server,
    readonly origin: string,
  ) {}

  static async start(): Promise<EmbeddingSite> {
    const server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', site.origin);
      if (pathname !== '/') {
        response.writeHead(404).end();
        return;
      }
      const language = searchParams.get('lang') === 'ko' ? 'ko' : 'en';
      response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(`<!doctype html>
<html lang="${language}">
  <head>
    <meta charset="utf-8" /><meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>A shop</title><link rel="icon" href="data:," />
    <meta name="color-scheme" content="light dark" />
    <script src="${site.serviceUrl}/embed.js" defer></script>
  </head>
  <body><main><h1>A shop</h1><seonchak-claim campaign="${searchParams.get('campaign') ?? ''}"></seonchak-claim></main></body>
</html>`);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const site = new EmbeddingSite(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    return site;
  }

  /** @param language of the page, and so of the element */
  pageFor(campaign: string, language: 'ko' | 'en'): string {
    return `${this.origin}/?campaign=${campaign}&lang=${language}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
