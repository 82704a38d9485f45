import type { ServerResponse } from 'node:http';

/**
 * Ends a response with a document that is JSON already. A string goes out in one piece with the headers, and nothing is
 * asked that Express would ask of any value (its type, its ETag, whether the client has it): that is a quarter of a request.
 * @param type without a charset: JSON is UTF-8 (RFC 8259, 8.1)
 */
export function sendJson(
  response: ServerResponse,
  status: number,
  json: string,
  type = 'application/json; charset=utf-8',
): void {
  response.statusCode = status;
  response.setHeader('Content-Type', type);
  response.end(json);
}
