import type { NestApplicationOptions } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { createServer, type RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import type { Environment } from '../config/environment.js';

const HEADERS_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 10_000;
const CHECKING_INTERVAL_MS = 1_000;
/** Longer than proxies keep their side open, so that it is not we who close a connection they are about to use. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;

/** Express on a server that bounds headers in size, and headers and bodies in time: slow senders are cut off. */
export class BoundedHttpAdapter extends ExpressAdapter {
  constructor(private readonly environment: Environment) {
    super();
  }

  override initHttpServer(_: NestApplicationOptions): void {
    const express = this.getInstance<RequestListener>();
    const listener: RequestListener = (request, response) => {
      request.url = inOriginForm(request.url ?? '/');
      express(request, response);
    };
    const server = createServer(
      {
        requireHostHeader: false, // asked for later, where the answer says so
        maxHeaderSize: this.environment.HEADER_LIMIT_BYTES,
        headersTimeout: HEADERS_TIMEOUT_MS,
        requestTimeout: REQUEST_TIMEOUT_MS,
        connectionsCheckingInterval: CHECKING_INTERVAL_MS,
        keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
      },
      listener,
    );
    // Expectations that nobody knows are not met (RFC 9110, 10.1.1); the request is served all the same.
    server.on('checkExpectation', listener);
    server.on('clientError', answerUnreadable);
    this.httpServer = server;
  }
}

/** A target that names scheme and host too (RFC 9112, 3.2.2), without them: Express has no answer where its path is empty. */
function inOriginForm(target: string): string {
  if (target.startsWith('/')) return target;
  const rest = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*(.*)$/i.exec(target)?.[1];
  if (rest === undefined) return target;
  return rest.startsWith('/') ? rest : `/${rest}`;
}

const UNREADABLE: Readonly<Record<string, readonly [status: number, reason: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
};

/** What can't be read as HTTP never gets as far as Express; it is answered by hand, and the connection ends. */
function answerUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, title] = UNREADABLE[error.code ?? ''] ?? [400, 'Bad Request'];
  const body = JSON.stringify({
    type: 'urn:seonchak:problem:invalid-request',
    title,
    status,
    code: 'invalid-request',
  });
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nContent-Type: application/problem+json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
