import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StackError } from '../../tools/stack/stack-error.js';
import { refusalAnswer, sendAnswer } from './answer.js';
import type { ControlRoutes } from './control-routes.js';
import { OddsError } from './odds.js';
import { Refusal } from './refusal.js';
import { readBody } from './request-body.js';
import type { TransferRoutes } from './transfer-routes.js';
import { readObject } from './transfer-request.js';

const keepAliveMs = 65_000;
const transfers = '/transfers';

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

/** The bank's HTTP server: checks the bearer token and dispatches to the desks. */
export class BankServer {
  private readonly server: Server;
  private readonly bearer: Buffer;

  constructor(
    private readonly transferRoutes: TransferRoutes,
    private readonly controlRoutes: ControlRoutes,
    secret: string,
  ) {
    this.bearer = digestOf(`Bearer ${secret}`);
    this.server = createServer({ keepAliveTimeout: keepAliveMs }, (incoming, response) => {
      response.on('error', () => undefined); // clients may disconnect
      this.answer(incoming, response).catch((error: unknown) => this.refuse(incoming, response, error));
    });
  }

  /** @returns the URL, with the chosen port if `port` is 0 */
  async listen(port: number, host: string): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      const fail = (error: Error) => reject(new StackError(`The bank can't listen: ${error.message}.`));
      this.server.once('error', fail);
      this.server.listen(port, host, () => resolve());
    });
    const { port: chosen } = this.server.address() as AddressInfo;
    return `http://${host.includes(':') ? `[${host}]` : host}:${chosen}`;
  }

  /** Closes the server and all connections. */
  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    this.checkBearer(incoming);
    const [path = '', query = ''] = (incoming.url ?? '').split('?', 2);
    const call = `${incoming.method ?? ''} ${path}`;
    if (call === `POST ${transfers}`) return this.transferRoutes.transfer(incoming, response);
    if (call === `GET ${transfers}`) return this.transferRoutes.list(new URLSearchParams(query), response);
    if (call.startsWith(`GET ${transfers}/`)) {
      return this.transferRoutes.lookUp(decoded(path.slice(transfers.length + 1)), response);
    }
    const act = Object.hasOwn(this.controlRoutes.acts, call) ? this.controlRoutes.acts[call] : undefined;
    if (!act) throw new Refusal(404, 'no-such-path');
    sendAnswer(response, await act(incoming.method === 'GET' ? {} : readObject(await readBody(incoming))));
  }

  private checkBearer({ headers: { authorization = '' } }: IncomingMessage): void {
    // timingSafeEqual requires equal lengths, which digests have.
    if (!timingSafeEqual(digestOf(authorization), this.bearer)) throw new Refusal(401, 'unauthorized');
  }

  private refuse(incoming: IncomingMessage, response: ServerResponse, error: unknown): void {
    if (error instanceof Refusal) {
      // The rest of an unread body must not be parsed as the next request.
      if (!incoming.complete) response.setHeader('Connection', 'close');
      sendAnswer(response, refusalAnswer(error));
    } else if (error instanceof OddsError) {
      sendAnswer(response, refusalAnswer(new Refusal(400, 'invalid-odds', error.message)));
    } else if (!incoming.destroyed) {
      console.error(error);
      response.destroy();
    }
  }
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new Refusal(400, 'invalid-key');
  }
}
