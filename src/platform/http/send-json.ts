import type { ServerResponse } from 'node:http';

/** A response on a direct route brings along what each of its answers says: names and values in turn. */
export interface DirectResponse extends ServerResponse {
  headersOfAll?: string[];
}

/**
 * Ends a response with a document that is JSON already. A string goes out in one piece with the headers, and nothing is
 * asked that Express would ask of any value (its type, its ETag, whether the client has it): that is a quarter of a request.
 * @param headers besides the type, application/json where they don't name one
 */
export function sendJson(
  response: DirectResponse,
  status: number,
  json: string,
  headers: Readonly<Record<string, string>> = JSON_TYPE,
): void {
  const { headersOfAll } = response;
  if (headersOfAll) {
    for (const name in headers) headersOfAll.push(name, headers[name] ?? '');
    headersOfAll.push('Content-Length', String(Buffer.byteLength(json)));
    response.writeHead(status, headersOfAll);
  } else {
    response.statusCode = status;
    for (const name in headers) response.setHeader(name, headers[name] ?? '');
  }
  response.end(json);
}

/** UTF-8 is what JSON is in (RFC 8259, 8.1); some clients want to be told. */
export const JSON_TYPE = { 'Content-Type': 'application/json; charset=utf-8' };
