import type { Question } from '../http.js';
import type { Operation } from './openapi.js';

type Pair = readonly [name: string, value: string];

/** A request to an operation, in parts that can be changed one by one. */
export interface ApiRequest {
  readonly operation: Operation;
  readonly method: string;
  /** As they are written in the path. */
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly query: readonly Pair[];
  readonly headers: readonly Pair[];
  /** Undefined for no body. */
  readonly body: unknown;
  /** Sent instead of `body`. */
  readonly bytes?: string | Buffer;
  readonly chunked: boolean;
  /** Changes the request's target last. */
  readonly twist: (target: string) => string;
}

/** Percent-encodes the text; lone surrogates, which cannot be encoded, are replaced first. */
export const encoded = (text: string): string => encodeURIComponent(Buffer.from(text).toString());

/** @param headers further ones, such as Authorization */
export function questionOf(request: ApiRequest, headers: readonly Pair[]): Question {
  const path = request.operation.path.replaceAll(
    /\{(\w+)\}/g,
    (_, name: string) => request.pathParameters[name] ?? 'missing',
  );
  const query = request.query.map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join('&');
  const body = request.bytes ?? (request.body === undefined ? undefined : JSON.stringify(request.body));
  const hasType = request.headers.some(([name]) => name.toLowerCase() === 'content-type');
  return {
    method: request.method,
    path: asTarget(request.twist(query === '' ? path : `${path}?${query}`)),
    headers: [
      ['Host', 'seonchak.test'],
      ...headers,
      ...(body === undefined || hasType ? [] : [['Content-Type', 'application/json'] as const]),
      ...(request.chunked && body !== undefined ? [['Transfer-Encoding', 'chunked'] as const] : []),
      // Otherwise Node's client announces chunks.
      ...(body === undefined && request.method !== 'GET' ? [['Content-Length', '0'] as const] : []),
      ...request.headers.map(([name, value]) => [name, asHeader(value)] as const),
    ],
    body,
    chunked: request.chunked && body !== undefined,
  };
}

/** The bytes of UTF-8, one character each; Node's client accepts no blanks and no control characters in a target. */
function asTarget(target: string): string {
  return Buffer.from(target)
    .toString('latin1')
    .replaceAll(
      /[^\u0021-\u00ff]/g,
      (character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
    );
}

/** As above; Node's client accepts no control characters in a header. */
function asHeader(value: string): string {
  return Buffer.from(value)
    .toString('latin1')
    .replaceAll(/[^\t\u0020-\u007e\u0080-\u00ff]/g, '');
}
