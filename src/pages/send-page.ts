import type { Request } from 'express';
import { entityTag, hasSeen } from '../platform/http/entity-tag.js';
import { REQUEST_ID_HEADER } from '../platform/http/request-log.js';
import type { DirectResponse } from '../platform/http/send-json.js';
import { CompressedBody, preferredEncoding } from './compressed-body.js';

/** A page or a file as it is sent to everybody. */
export class Page {
  private readonly body: CompressedBody;
  private readonly tag: string;

  constructor(
    content: Buffer,
    private readonly headers: Readonly<Record<string, string>>,
    private readonly status = 200,
  ) {
    this.body = new CompressedBody(content);
    this.tag = entityTag(content.toString('latin1'));
  }

  /**
   * Sends it, compressed as the client likes it, or 304 if the client has it. Its headers replace those that all
   * answers have (a policy of its own), but for Vary, which grows.
   * @param varies request headers on which the answer depends, besides Accept-Encoding
   */
  async send(request: Request, response: DirectResponse, varies: readonly string[] = []): Promise<void> {
    const { headers } = request;
    const encoding = preferredEncoding(headers['accept-encoding']);
    const own: Record<string, string> = {
      ...this.headers,
      // Weak: the encodings share it.
      ETag: `W/${this.tag}`,
    };
    const vary = ['Accept-Encoding', ...varies].join(', ');
    if (this.status === 200 && hasSeen(headers['if-none-match'], this.tag)) {
      writeHead(response, 304, own, vary);
      response.end();
      return;
    }
    const body = await this.body.as(encoding);
    if (encoding !== 'identity') own['Content-Encoding'] = encoding;
    own['Content-Length'] = String(body.length);
    writeHead(response, this.status, own, vary);
    response.end(body);
  }
}

function writeHead(
  response: DirectResponse,
  status: number,
  own: Readonly<Record<string, string>>,
  vary: string,
): void {
  const { headersOfAll } = response;
  if (!headersOfAll) {
    for (const name in own) response.setHeader(name, own[name] ?? '');
    response.appendHeader('Vary', vary);
    response.writeHead(status);
    return;
  }
  const replaced = new Set(Object.keys(own).map((name) => name.toLowerCase()));
  const kept: string[] = [];
  for (let i = 0; i < headersOfAll.length; i += 2) {
    const name = headersOfAll[i] ?? '';
    if (!replaced.has(name.toLowerCase())) kept.push(name, headersOfAll[i + 1] ?? '');
  }
  response.writeHead(status, [...kept, ...Object.entries(own).flat(), 'Vary', vary]);
}

/** The id by which the log names the request that this response answers. */
export function requestIdOf(response: DirectResponse): string {
  const { headersOfAll } = response;
  if (!headersOfAll) return String(response.getHeader(REQUEST_ID_HEADER));
  return headersOfAll[headersOfAll.indexOf(REQUEST_ID_HEADER) + 1] ?? '';
}
