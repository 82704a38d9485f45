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

/** Servers of keys, ended all at once. */
export class KeyServers {
  private readonly servers: Server[] = [];

  /** One that answers so. @returns with where its key set is */
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
