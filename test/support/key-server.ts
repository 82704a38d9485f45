import type { KeyObject } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A public key as a member of a JSON Web Key Set (RFC 7517). */
export const jwk = (key: KeyObject, kid: string, alg: string) => ({
  ...key.export({ format: 'jwk' }),
  kid,
  alg,
  use: 'sig',
});

/** Key servers that are ended together. */
export class KeyServers {
  private readonly servers: Server[] = [];

  /** Starts a server that answers by this listener. @returns the server and the URL of its key set */
  async serve(listener: RequestListener): Promise<{ url: string; server: Server }> {
    const server = createServer(listener);
    this.servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`, server };
  }

  end(): void {
    for (const server of this.servers) {
      server.closeAllConnections();
      server.close();
    }
  }
}
