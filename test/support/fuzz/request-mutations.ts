import fc from 'fast-check';
import { deflateSync, gzipSync } from 'node:zlib';
import { type ApiRequest, encoded } from './api-request.js';
import { HOSTILE_NAMES, hostileJson, hostileText } from './hostile-values.js';
import type { OpenApi, Operation, Schema } from './openapi.js';

/** Makes one thing in a request wrong, or at least odd. */
export interface Mutation {
  readonly name: string;
  readonly of: (request: ApiRequest) => ApiRequest;
}

const mutation = (name: string, of: Mutation['of']): Mutation => ({ name, of });

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const pick = <T>(from: readonly T[], index: number): T | undefined => from[index % from.length];

/** Adds even `__proto__` as an ordinary property, which an assignment would not do. */
const withProperty = (body: unknown, name: string, value: unknown): Record<string, unknown> =>
  Object.fromEntries([...Object.entries(isObject(body) ? body : {}), [name, value]]);

function bodyMutations(openApi: OpenApi): fc.Arbitrary<Mutation> {
  const propertiesOf = ({ operation }: ApiRequest): [string, Schema][] =>
    Object.entries(operation.body ? (openApi.schema(operation.body).properties ?? {}) : {});
  return fc.oneof(
    fc.nat().map((index) =>
      mutation('a property less', (request) => {
        const [name] = pick(propertiesOf(request), index) ?? [''];
        return { ...request, body: withProperty(request.body, name, undefined) };
      }),
    ),
    fc.tuple(fc.oneof(fc.constantFrom(...HOSTILE_NAMES), hostileText), hostileJson).map(([name, value]) =>
      mutation('a property more', (request) => ({
        ...request,
        body: withProperty(request.body, name, value),
      })),
    ),
    fc.tuple(fc.nat(), hostileJson).map(([index, value]) =>
      mutation('another value', (request) => {
        const [name] = pick(propertiesOf(request), index) ?? ['x'];
        return { ...request, body: withProperty(request.body, name, value) };
      }),
    ),
    fc.tuple(fc.nat(), fc.boolean(), fc.nat()).map(([index, above, which]) =>
      mutation('at the edge', (request) => {
        const limited = propertiesOf(request).flatMap(([name, schema]) =>
          beyond(schema, above, which).map((value) => [name, value] as const),
        );
        const [name, value] = pick(limited, index) ?? ['x', 1];
        return { ...request, body: withProperty(request.body, name, value) };
      }),
    ),
    hostileJson.map((body) => mutation('another body', (request) => ({ ...request, body }))),
    fc.constant(mutation('no body', (request) => ({ ...request, body: undefined }))),
    bytesMutations,
  );
}

/** Values just outside of what the schema allows, or just inside. */
function beyond({ minimum, maximum, minLength, maxLength, pattern }: Schema, above: boolean, which: number) {
  if (minimum !== undefined && maximum !== undefined) {
    const values = above ? [maximum + 1, maximum * 10, maximum + 0.5] : [minimum, minimum - 1, minimum + 0.5];
    return [pick(values, which)];
  }
  if (minLength !== undefined || maxLength !== undefined)
    return [
      above
        ? 'x'.repeat((maxLength ?? 1_000) + (which % 2))
        : 'x'.repeat(Math.max(0, (minLength ?? 1) - (which % 2))),
    ];
  if (pattern !== undefined)
    return [pick(['', 'a'.repeat(63), 'a'.repeat(64), 'A', 'a-', 'a\n', 'KRWX'], which)];
  return [];
}

const jsonOf = ({ body }: ApiRequest): string => JSON.stringify(body ?? {});

/** Mutations that send other bytes than the JSON of the body. */
const bytesMutations: fc.Arbitrary<Mutation> = fc.oneof(
  fc.nat().map((cut) => inBytes('JSON cut short', (json) => json.slice(0, cut % json.length))),
  fc
    .tuple(fc.nat(), fc.string({ minLength: 1, maxLength: 3 }))
    .map(([at, noise]) =>
      inBytes(
        'noise in the JSON',
        (json) => json.slice(0, at % json.length) + noise + json.slice(at % json.length),
      ),
    ),
  fc.tuple(fc.nat(), hostileJson).map(([index, value]) =>
    mutation('a property twice', (request) => {
      const names = Object.keys(isObject(request.body) ? request.body : {});
      const twice = `${JSON.stringify(pick(names, index) ?? 'x')}:${JSON.stringify(value)}`;
      return {
        ...request,
        bytes: jsonOf(request).replace(/\}$/, names.length ? `,${twice}}` : `${twice},${twice}}`),
      };
    }),
  ),
  fc
    .constantFrom(
      (json: string) => json.replace(/\}$/, ',}'),
      (json: string) => json.replaceAll('"', "'"),
      (json: string) => `/* */${json}`,
      (json: string) => `${json}${json}`,
      (json: string) => `\ufeff${json}`,
      (json: string) => `)]}',\n${json}`,
      (json: string) => json.replace(/:\d+/, ':1e400'),
      (json: string) => json.replace(/:\d+/, ':NaN'),
      (json: string) => json.replace(/:\d+/, ':0x10'),
      (json: string) => json.replace(/:\d+/, ':01'),
      (json: string) => json.replace(/:(\d+)/, ':$1.0'),
      (json: string) => json.replace(/:"/, ':"\\ud800'),
      (json: string) => json.replace(/:"/, ':"\\u0000'),
      (json: string) => json.replace(/:"/, ':"\u0001'),
      (json: string) => Buffer.from(json, 'utf16le'),
      (json: string) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(json, 'utf16le')]),
      (json: string) => Buffer.from(json.replace(/:"/, ':"\u00ff'), 'latin1'),
      () => '['.repeat(8_000),
      () => `${'['.repeat(7_000)}${']'.repeat(7_000)}`,
      () => `{"x":"${'x'.repeat(20_000)}"}`,
      () => ' '.repeat(200_000),
      () => '',
    )
    .map((change) => inBytes('odd JSON', change)),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => inBytes('no JSON', () => Buffer.from(bytes))),
  contentTypes(),
  contentEncodings(),
);

function inBytes(name: string, change: (json: string) => string | Buffer): Mutation {
  return mutation(name, (request) => ({ ...request, bytes: change(jsonOf(request)) }));
}

function contentTypes(): fc.Arbitrary<Mutation> {
  const types = [
    '',
    'json',
    'text/plain',
    'text/json',
    'text/html',
    'application/jsonp',
    'application/json5',
    'application/problem+json',
    'application/merge-patch+json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/octet-stream',
    'application/json; charset=utf-16',
    'application/json; charset=utf-7',
    'application/json; charset=iso-8859-1',
    'application/json; charset="',
    'application/json; charset=',
    'application/json;;;',
    'application/json, text/plain',
    'APPLICATION/JSON',
    'application/json; charset=UTF-8',
  ];
  return fc.oneof(fc.constantFrom(...types), hostileText).map((type) =>
    mutation('another content type', (request) => ({
      ...request,
      bytes: jsonOf(request),
      headers: [...request.headers, ['Content-Type', type]],
    })),
  );
}

function contentEncodings(): fc.Arbitrary<Mutation> {
  const encodings: readonly (readonly [string, (json: string) => string | Buffer])[] = [
    ['gzip', (json) => gzipSync(json)],
    ['gzip', (json) => gzipSync(json).subarray(0, 12)],
    ['gzip', () => gzipSync(' '.repeat(5_000_000))],
    ['gzip', (json) => json],
    ['deflate', (json) => deflateSync(json)],
    ['br', (json) => json],
    ['identity', (json) => json],
    ['gzip, gzip', (json) => gzipSync(gzipSync(json))],
    ['zstd', (json) => json],
    ['', (json) => json],
    ['__proto__', (json) => json],
  ];
  return fc.constantFrom(...encodings).map(([encoding, encode]) =>
    mutation('another content encoding', (request) => ({
      ...request,
      bytes: encode(jsonOf(request)),
      headers: [...request.headers, ['Content-Encoding', encoding]],
    })),
  );
}

const pathText: fc.Arbitrary<string> = fc.oneof(
  hostileText.map(encoded),
  fc.constantFrom(
    '%',
    '%zz',
    '%ff',
    '%c0%af',
    '%E0%A4%A',
    '%00',
    'open%00',
    '..%2f..',
    '%2e%2e',
    '..',
    '.',
    '%252e%252e',
    '%25',
    'open;x=1',
    'open%3Fx',
    'open%23',
    'open%5c..',
    'OPEN',
    'open%20',
    '+',
    '*',
    ':id',
    '%7Bid%7D',
    '%0d%0aX:%201',
    'ä',
    '선',
    'a'.repeat(3_000),
    '%61'.repeat(900),
  ),
  hostileText.map((text) => text.replaceAll(/[/?#]/g, '') || 'x'),
);

const pathMutations: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(fc.nat(), pathText).map(([index, text]) =>
    mutation('another path parameter', (request) => {
      const name = pick(Object.keys(request.pathParameters), index);
      if (name === undefined) return { ...request, twist: (target) => `${target}/${text}` };
      return { ...request, pathParameters: { ...request.pathParameters, [name]: text } };
    }),
  ),
  fc
    .constantFrom<(target: string) => string>(
      (target) => `${target}/`,
      (target) => `/${target}`,
      (target) => target.replaceAll('/', '//'),
      (target) => target.replace('/v1', '/V1'),
      (target) => target.replace('/v1', '/v1/.'),
      (target) => target.replace('/v1', '/v1/x/..'),
      (target) => target.replace('/v1', '/%761'),
      (target) => target.replace('/v1', '\\v1'),
      (target) => target.replace('/v1/', '/v1%2f'),
      (target) => target.replace('/v1', ''),
      (target) => target.replace('/v1', '/v2'),
      (target) => target.slice(1) || '*',
      (target) => `http://other.test${target}`,
      (target) => `http://other.test:99999${target}`,
      (target) => `${target}#fragment`,
      (target) => `${target};x=1`,
      (target) => `${target}%20`,
      (target) => `${target}?`,
      (target) => `${target}??a=b?c`,
      (target) => target.toUpperCase(),
      () => '*',
      () => '//',
      () => 'http://',
      () => 'foo://x',
      () => 'http://x?a=b',
    )
    .map((twist) => mutation('another path', (request) => ({ ...request, twist }))),
);

const queryMutations: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(fc.nat(), hostileText).map(([index, value]) =>
    mutation('another value in the query', (request) => {
      const names = request.operation.parameters.filter((one) => one.in === 'query').map(({ name }) => name);
      const name = pick(names, index) ?? 'x';
      return { ...request, query: [...request.query.filter(([other]) => other !== name), [name, value]] };
    }),
  ),
  fc
    .tuple(hostileText, hostileText)
    .map((pair) =>
      mutation('more in the query', (request) => ({ ...request, query: [...request.query, pair] })),
    ),
  fc.nat().map((index) =>
    mutation('the same twice in the query', (request) => {
      const pair = pick(request.query, index) ?? ['limit', '1'];
      return { ...request, query: [...request.query, pair, pair] };
    }),
  ),
  fc
    .constantFrom(
      'limit[]=1',
      'limit[a]=1',
      'status[]=PENDING&status[]=FAILED',
      '__proto__[x]=1',
      'constructor.prototype.x=1',
      'a=%',
      'a=%ff%fe',
      '%zz=1',
      '=',
      '&&&',
      'access_token=x',
      'limit=1;after=2',
      Array.from({ length: 1_200 }, (_, i) => `a${i}=`).join('&'),
      'x'.repeat(6_000),
    )
    .map((raw) =>
      mutation('an odd query', (request) => ({
        ...request,
        twist: (target) => `${target}${target.includes('?') ? '&' : '?'}${raw}`,
      })),
    ),
);

const headerMutations: fc.Arbitrary<Mutation> = fc
  .oneof(
    fc.constantFrom<readonly [string, string]>(
      ['Accept', 'text/html'],
      ['Accept', 'application/json;q=0'],
      ['Accept', ';;;'],
      ['Accept-Encoding', 'identity;q=0, *;q=0'],
      ['Accept-Language', 'ko-KR'],
      ['Range', 'bytes=0-1'],
      ['Range', 'bytes=9-1,-'],
      ['If-None-Match', '*'],
      ['If-Match', '"x"'],
      ['If-Modified-Since', 'Sun, 22 Nov 2099 00:00:00 GMT'],
      ['If-Unmodified-Since', 'Thu, 01 Jan 1970 00:00:00 GMT'],
      ['Cache-Control', 'no-cache'],
      ['Expect', '100-continue'],
      ['Expect', '200-maybe'],
      ['Upgrade', 'websocket'],
      ['Upgrade', 'h2c'],
      ['TE', 'trailers'],
      ['Via', '1.1 proxy'],
      ['Origin', 'https://evil.test'],
      ['Access-Control-Request-Method', 'POST'],
      ['X-HTTP-Method-Override', 'DELETE'],
      ['X-Original-URL', '/v1/campaigns/open/stats'],
      ['X-Rewrite-URL', '/metrics'],
      ['X-Forwarded-For', '1.2.3.4, 127.0.0.1'],
      ['X-Forwarded-Host', 'evil.test'],
      ['X-Forwarded-Proto', 'gopher'],
      ['Forwarded', 'for=_hidden;host=evil.test'],
      ['X-Request-Id', 'x'.repeat(65)],
      ['X-Request-Id', 'a"b<c>'],
      ['X-User-Id', '1'],
      ['Cookie', 'access_token=x; __proto__=1'],
      ['Host', 'second.test'],
      ['__proto__', 'x'],
      ['constructor', 'x'],
      ['Content-Language', '\u00ff'],
      ['X-Long', 'x'.repeat(7_000)],
      ['X-Too-Long', 'x'.repeat(9_000)],
    ),
    fc.tuple(fc.constantFrom('Accept', 'User-Agent', 'Cookie', 'X-Request-Id', 'Referer'), hostileText),
  )
  .map((header) =>
    mutation('another header', (request) => ({ ...request, headers: [...request.headers, header] })),
  );

const methodMutations: fc.Arbitrary<Mutation> = fc
  .constantFrom(
    'HEAD',
    'PUT',
    'DELETE',
    'OPTIONS',
    'TRACE',
    'GET',
    'POST',
    'PATCH',
    'PROPFIND',
    'PURGE',
    'SEARCH',
  )
  .map((method) => mutation('another method', (request) => ({ ...request, method })));

export function mutations(openApi: OpenApi, { body }: Operation): fc.Arbitrary<Mutation> {
  return fc.oneof(
    { weight: body ? 12 : 4, arbitrary: bodyMutations(openApi) },
    { weight: 4, arbitrary: pathMutations },
    { weight: 4, arbitrary: queryMutations },
    { weight: 2, arbitrary: headerMutations },
    { weight: 1, arbitrary: methodMutations },
  );
}
