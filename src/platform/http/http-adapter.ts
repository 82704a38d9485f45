import { type NestApplicationOptions, StreamableFile } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { once } from 'node:events';
import {
  createServer,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Request } from 'express';
import { EventLog } from '../logging/event-log.js';
import type { Environment } from '../config/environment.js';
import type { ProblemCode } from '../problems/problem-catalogue.js';
import { Problem } from '../problems/problem.js';
import type { Cors } from './cors.js';
import type { DirectRoutes } from './direct-routes.js';
import { type ExpressApplication, messagesOf } from './express-messages.js';
import { sendJson } from './send-json.js';

const HEADERS_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 10_000;
/** How long a connection with a request in progress may stay without a byte in either direction. */
const IDLE_TIMEOUT_MS = 10_000;
const CHECKING_INTERVAL_MS = 1_000;
const SENT_TOO_SLOWLY =
  `Headers must arrive within ${HEADERS_TIMEOUT_MS / 1_000} s, and the whole request within ` +
  `${REQUEST_TIMEOUT_MS / 1_000} s.`;
/** How often `connections-refused` is logged while there are too many connections. */
const FULL_HOUSE_EVERY_MS = 60_000;

/** Express on a server that limits headers in size, and headers and bodies in time: slow senders are cut off. */
export class BoundedHttpAdapter extends ExpressAdapter {
  private readonly log = new EventLog(BoundedHttpAdapter.name);
  private cors: Cors | undefined;
  private direct: DirectRoutes | undefined;
  private forOperators: Server | undefined;
  private toldOfFullHouseAt = -Infinity;

  constructor(private readonly environment: Environment) {
    super();
  }

  override initHttpServer(_: NestApplicationOptions): void {
    const express = this.getInstance<ExpressApplication>();
    const listener: RequestListener = (request, response) => {
      request.url = inOriginForm(request.url ?? '/');
      if (this.cors?.answerPreflight(request, response)) return;
      if (this.direct?.serve(request as Request<{ id: string }>, response)) return;
      express(request, response);
    };
    this.httpServer = this.createServer(listener, messagesOf(express));
    if (this.environment.METRICS_PORT !== undefined) this.forOperators = this.createServer(express, {});
  }

  /** Listens on METRICS_PORT too, if it is set (see `operatorsPort`), until the application closes. */
  async listenForOperators(): Promise<void> {
    const { METRICS_PORT, HOST } = this.environment;
    if (!this.forOperators) return;
    this.forOperators.listen(METRICS_PORT, HOST);
    await once(this.forOperators, 'listening');
  }

  override async close(): Promise<void> {
    this.forOperators?.closeAllConnections();
    this.forOperators?.close();
    await super.close();
  }

  private createServer(listener: RequestListener, messages: ServerOptions): Server {
    const server = createServer(
      {
        ...messages,
        requireHostHeader: false, // checked later (`hostNamed`), where the answer explains it
        maxHeaderSize: this.environment.HEADER_LIMIT_BYTES,
        headersTimeout: HEADERS_TIMEOUT_MS,
        requestTimeout: REQUEST_TIMEOUT_MS,
        connectionsCheckingInterval: CHECKING_INTERVAL_MS,
        // Longer than proxies keep their side open, so that we do not close a connection that they are about to use.
        keepAliveTimeout: this.environment.KEEP_ALIVE_TIMEOUT_MS,
      },
      listener,
    );
    // Unknown expectations are not met (RFC 9110, 10.1.1), but the request is served all the same.
    server.on('checkExpectation', listener);
    server.on('clientError', this.answerUnreadable);
    server.on('connect', (_, socket) =>
      answerByHand(socket, 405, 'method-not-allowed', 'This is no proxy: CONNECT is not supported.'),
    );
    // Clients that do not read their answer are cut off too. Longer than any answer takes to begin.
    server.setTimeout(IDLE_TIMEOUT_MS);
    server.maxConnections = this.environment.MAX_CONNECTIONS;
    server.on('drop', () => this.tellOfFullHouse());
    return server;
  }

  /** Input that is not valid HTTP never reaches Express: it is answered by hand, and the connection is closed. */
  private readonly answerUnreadable = (error: Error & { code?: string }, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
    else if (error.code === 'HPE_HEADER_OVERFLOW')
      answerByHand(
        socket,
        431,
        'invalid-request',
        `The request line and headers may have at most ${this.environment.HEADER_LIMIT_BYTES} bytes.`,
      );
    else if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT')
      answerByHand(socket, 408, 'invalid-request', SENT_TOO_SLOWLY);
    else
      answerByHand(
        socket,
        400,
        'invalid-request',
        'This is not a request as HTTP/1.1 defines it (RFC 9112).',
      );
  };

  /** Preflights, and requests that these routes take, never reach Express. */
  serveFirst(cors: Cors, direct: DirectRoutes): void {
    this.cors = cors;
    this.direct = direct;
  }

  private tellOfFullHouse(): void {
    const now = performance.now();
    if (now - this.toldOfFullHouseAt < FULL_HOUSE_EVERY_MS) return;
    this.toldOfFullHouseAt = now;
    this.log.write('connections-refused');
  }

  /** Sends plain values as JSON directly; leaves streams, and answers with their own Content-Type, to Express. */
  override reply(response: ServerResponse, body: unknown, statusCode?: number): unknown {
    if (!isPlainValue(body) || response.hasHeader('Content-Type'))
      return super.reply(response, body, statusCode);
    sendJson(response, statusCode ?? response.statusCode, JSON.stringify(body));
    return undefined;
  }

  override setHeader(response: ServerResponse, name: string, value: string): unknown {
    return response.setHeader(name, value);
  }
}

/** Whether JSON represents the body completely. */
function isPlainValue(body: unknown): body is object {
  return (
    typeof body === 'object' && body !== null && !(body instanceof StreamableFile) && !(body instanceof Error)
  );
}

/** Removes scheme and host from a target in absolute form (RFC 9112, 3.2.2): Express has no answer to an empty path. */
function inOriginForm(target: string): string {
  if (target.startsWith('/')) return target;
  const rest = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*(.*)$/i.exec(target)?.[1];
  if (rest === undefined) return target;
  return rest.startsWith('/') ? rest : `/${rest}`;
}

function answerByHand(socket: Duplex, status: number, code: ProblemCode, detail: string): void {
  const reason = STATUS_CODES[status] ?? '';
  const body = new Problem(status, code, reason, { detail }).json;
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\nContent-Type: application/problem+json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
