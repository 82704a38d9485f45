import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StackError } from '../../tools/stack/stack-error.js';
import type { Witness, WitnessAnswer } from './witness.js';

/** 63 hashes and a checkpoint with 100 signatures take less. */
const LARGEST_BODY_BYTES = 64 * 1024;
const REQUEST_TIMEOUT_MS = 10_000;
const CHECKPOINT_PATH = /^\/([0-9a-f]{64})\/checkpoint$/;
const TEXT = 'text/plain; charset=utf-8';

/** The HTTP interface of C2SP tlog-witness. */
export class WitnessServer {
  private readonly server: Server;

  /** @param say receives what the operator should know */
  constructor(
    private readonly witness: Witness,
    private readonly say: (sentence: string) => void,
  ) {
    this.server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (incoming, response) => {
      response.on('error', () => undefined); // clients may disconnect
      this.answer(incoming, response).catch((error: unknown) => {
        if (incoming.destroyed) return;
        this.say(`A request failed: ${String(error)}`);
        send(response, 500, TEXT, 'The witness could not answer.\n');
      });
    });
  }

  /** @returns the URL, with the chosen port if `port` is 0 */
  async listen(port: number, host: string): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', ({ message }) =>
        reject(new StackError(`The witness can't listen: ${message}.`)),
      );
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
    const { method = '', url = '' } = incoming;
    if (method === 'POST' && url === '/add-checkpoint') return this.addCheckpoint(incoming, response);
    const hash = method === 'GET' ? CHECKPOINT_PATH.exec(url)?.[1] : undefined;
    const checkpoint = hash && (await this.witness.lastCheckpoint(hash));
    if (checkpoint) send(response, 200, TEXT, checkpoint);
    else send(response, 404, TEXT, 'There is nothing here.\n');
  }

  private async addCheckpoint(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const bytes = await readBody(incoming);
    if (!bytes) {
      response.setHeader('Connection', 'close'); // the rest must not be parsed as the next request
      send(response, 413, TEXT, `A request has at most ${LARGEST_BODY_BYTES} bytes.\n`);
      return;
    }
    const body = decode(bytes);
    if (body === undefined) send(response, 400, TEXT, 'The request is not UTF-8.\n');
    else this.sendAnswer(response, await this.witness.addCheckpoint(body), body);
  }

  private sendAnswer(response: ServerResponse, answer: WitnessAnswer, body: string): void {
    if (answer.status === 200) send(response, 200, TEXT, answer.cosignature);
    else if (answer.status === 409) send(response, 409, 'text/x.tlog.size', `${answer.size}\n`);
    else {
      if (answer.status === 422) this.say(`Another history, or a wrong proof, was refused:\n${body}`);
      send(response, answer.status, TEXT, `${answer.reason}\n`);
    }
  }
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) }).end(body);
}

/** @returns undefined as soon as the body is too long */
async function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  // No `for await`: leaving it early destroys the connection, so the refusal could not be sent.
  return new Promise((resolve, reject) => {
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > LARGEST_BODY_BYTES) resolve(undefined);
      else chunks.push(chunk);
    });
    incoming.once('end', () => resolve(Buffer.concat(chunks)));
    incoming.once('error', reject);
  });
}

function decode(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
