import { readdirSync, readFileSync } from 'node:fs';
import { openApiText } from '../../tools/stack/openapi-document.js';
import { breakingChanges } from '../support/breaking-changes.js';
import { OpenApi, type OpenApiDocument } from '../support/fuzz/openapi.js';

const written = readFileSync('openapi.json', 'utf8');
const document = JSON.parse(written) as OpenApiDocument;
const released = JSON.parse(readFileSync('docs/openapi.released.json', 'utf8')) as OpenApiDocument;

it('openapi.json is what the service serves: npm run openapi writes it', async () => {
  expect(await openApiText()).toBe(written);
});

it('breaks nothing that clients of the last release do', () => {
  expect(breakingChanges(released, document)).toEqual([]);
});

/** Where a schema says `number`. */
function numbersIn(value: unknown, path: string): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = 'type' in value && value.type === 'number' ? [path] : [];
  return [
    ...own,
    ...Object.entries(value).flatMap(([key, inner]) =>
      numbersIn(inner, key === 'properties' ? path : `${path}.${key}`),
    ),
  ];
}

/** The sources of the API that answer with problems; health has members of its own, and is no part of the API. */
function sourcesWithProblems(): string[] {
  return readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/^(platform\/health|transparency\/formats)\//.test(file))
    .map((file) => readFileSync(`src/${file}`, 'utf8'));
}

interface TextSchema {
  readonly description?: string;
  readonly example?: string;
}

describe('says enough to write a client from it alone:', () => {
  const schemas = Object.entries(document.components?.schemas ?? {});
  const calls = new OpenApi(document).operations;

  it('what each property means', () => {
    const unexplained = schemas.flatMap(([schema, { properties = {} }]) =>
      Object.entries(properties)
        .filter(([, { description, $ref, allOf }]) => !(description ?? $ref ?? allOf))
        .map(([name]) => `${schema}.${name}`),
    );
    expect(unexplained).toEqual([]);
  });

  // To a strict validator an enum without null, and a reference to what is never null, refuse null.
  it('what may be null, so that a validator agrees', () => {
    const refused = schemas.flatMap(([schema, { properties = {} }]) =>
      Object.entries(properties)
        .filter(
          ([, { nullable, allOf, enum: values }]) => nullable && (allOf ?? values?.includes(null) === false),
        )
        .map(([name]) => `${schema}.${name}`),
    );
    expect(refused).toEqual([]);
  });

  // An object that is described in place is optional to Nest unless it says selfRequired.
  it('which objects are always there', () => {
    const optional = schemas.flatMap(([schema, { properties = {}, required = [] }]) =>
      Object.entries(properties)
        .filter(([name, { type, properties: own }]) => type === 'object' && own && !required.includes(name))
        .map(([name]) => `${schema}.${name}`),
    );
    expect(optional).toEqual([]);
  });

  it('what is a whole number', () => {
    const fractional = /^\.LiveFiguresView\.(rates\.|latencyMs\.|oldestUnpaidMs)|\.SeriesItem\.p99Ms/;
    const numbers = numbersIn(document.components?.schemas ?? {}, '').filter(
      (path) => !fractional.test(path),
    );
    expect([...numbers, ...numbersIn(document.paths, '')]).toEqual([]);
  });

  it('what each answer is, in words', () => {
    const silent = calls.flatMap(({ name, responses }) =>
      Object.entries(responses as Record<string, { readonly description?: string }>)
        .filter(([, { description }]) => !description)
        .map(([status]) => `${name} ${status}`),
    );
    expect(silent).toEqual([]);
  });

  // Those of text/plain have formats of their own, which the calls name (C2SP, docs/transparency.md).
  it('what CSV and events hold', () => {
    const texts = calls.flatMap(({ name, responses }) =>
      Object.values(
        responses as Record<string, { readonly content?: Record<string, { schema?: TextSchema }> }>,
      )
        .flatMap(({ content = {} }) => Object.entries(content))
        .filter(([type]) => type === 'text/csv' || type === 'text/event-stream')
        .map(([type, { schema }]) => ({ name, type, schema })),
    );
    expect(texts.map(({ type }) => type).sort()).toEqual(['text/csv', 'text/event-stream']);
    expect(texts.filter(({ schema }) => !schema?.description || !schema.example)).toEqual([]);
  });

  it('the columns of people as CSV, with an example that has them all', () => {
    const path = document.paths['/v1/campaigns/{id}/grants.csv']?.get?.responses as Record<
      string,
      { readonly content: Record<string, { schema: TextSchema }> }
    >;
    const { description = '', example = '' } = path['200']!.content['text/csv']!.schema;
    const [head = '', person = ''] = example.split('\r\n');
    expect(head.split(',').filter((column) => !description.includes(`\`${column}\``))).toEqual([]);
    expect(person.split(',')).toHaveLength(head.split(',').length);
  });

  it('each member of a problem that the service sends', () => {
    const described = Object.keys(document.components?.schemas?.Problem?.properties ?? {});
    const sent = sourcesWithProblems().flatMap((source) =>
      [...source.matchAll(/\bmembers: \{ ([^}]+) \}/g)].flatMap(([, members = '']) =>
        members.split(', ').map((member) => member.split(':')[0]!.trim()),
      ),
    );
    expect(sent).toEqual(expect.arrayContaining(['claimStatus', 'differs', 'final', 'opensAt', 'receipt']));
    expect(sent.filter((member) => !described.includes(member))).toEqual([]);
  });

  it('which headers a refused claim may have', () => {
    const refused = document.paths['/v1/campaigns/{id}/grants']?.post?.responses as Record<
      string,
      { readonly headers?: object }
    >;
    expect(Object.keys(refused['409']?.headers ?? {}).sort()).toEqual(['Preference-Applied', 'Retry-After']);
    expect(Object.keys(refused['202']?.headers ?? {})).toContain('Preference-Applied');
  });

  it('a name for each call that a generated client can use', () => {
    const names = Object.values(document.paths).flatMap((methods) =>
      Object.values(methods as Record<string, { readonly operationId?: string }>).map(
        ({ operationId }) => operationId,
      ),
    );
    expect(names.filter((name) => name?.includes('Controller') ?? true)).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('where it is served', () => {
    expect(document.servers?.map(({ url }) => url)).toEqual(['/', '{origin}']);
  });

  it('which problems a call may answer with, each with an example of its own code', () => {
    expect(calls.length).toBeGreaterThan(20);
    for (const { name, responses } of calls)
      for (const [status, { content = {} }] of Object.entries(responses)) {
        if (Number(status) < 400) continue;
        const codes = Object.keys(content['application/problem+json']?.examples ?? {});
        expect([name, status, codes]).not.toEqual([name, status, []]);
        for (const code of codes)
          expect(document.components?.examples?.[code]?.value).toMatchObject({
            code,
            type: `urn:seonchak:problem:${code}`,
            detail: expect.any(String),
          });
      }
  });

  it('sold out, and the like, only of claims', () => {
    const soldOut = calls.filter(({ responses }) => JSON.stringify(responses).includes('examples/sold-out'));
    expect(soldOut.map(({ name }) => name)).toEqual(['POST /v1/campaigns/{id}/grants']);
  });
});

describe('a breaking change', () => {
  type Json = Record<string, unknown>;

  /** The document with the value at this path changed; undefined takes it out. */
  function changed(path: readonly string[], value: unknown): OpenApiDocument {
    const copy = structuredClone(document) as unknown as Json;
    const parent = path.slice(0, -1).reduce<Json>((at, key) => {
      if (typeof at[key] !== 'object') throw new Error(`The document has nothing at ${path.join(' ')}.`);
      return at[key] as Json;
    }, copy);
    if (value === undefined) Reflect.deleteProperty(parent, path.at(-1)!);
    else parent[path.at(-1)!] = value;
    return copy as unknown as OpenApiDocument;
  }

  const claim = ['paths', '/v1/campaigns/{id}/grants', 'post'];
  const campaign = ['components', 'schemas', 'CampaignView'];
  const creation = ['components', 'schemas', 'CreateCampaignDto'];

  it.each<[string, readonly string[], unknown, string]>([
    ['a path', claim.slice(0, 2), undefined, 'POST /v1/campaigns/{id}/grants is gone'],
    ['an operation', claim, undefined, 'POST /v1/campaigns/{id}/grants is gone'],
    ['a status', [...claim, 'responses', '202'], undefined, 'no longer answers 202'],
    [
      'a media type',
      [...claim, 'responses', '202', 'content', 'application/json'],
      undefined,
      'json is gone',
    ],
    ['a parameter', [...claim, 'parameters'], [], 'path id is gone'],
    ['what is answered', [...campaign, 'properties', 'capacity'], undefined, '.capacity is gone'],
    [
      'a type',
      [...campaign, 'properties', 'capacity', 'type'],
      'string',
      '.capacity was integer, and is string',
    ],
    ['what is sure to be answered', [...campaign, 'required'], [], '.capacity may be missing'],
    [
      'a value that was there',
      [...campaign, 'properties', 'capacity', 'nullable'],
      true,
      '.capacity may be null',
    ],
    ['what is taken', [...creation, 'properties', 'name'], undefined, 'body.name is gone'],
    ['what need not be given', [...creation, 'required'], ['opensAt'], 'body.opensAt is required'],
    ['a choice', [...creation, 'properties', 'currency', 'enum'], ['XXX'], 'body.currency does not take'],
    ['who may', [...claim, 'x-needs-scope'], 'grants:admin', 'needs the scope grants:admin'],
  ])('is noticed: %s', (_, path, value, words) => {
    expect(breakingChanges(document, changed(path, value)).join('\n')).toContain(words);
  });

  it.each<[string, readonly string[], unknown]>([
    ['a new operation', [...claim.slice(0, 2), 'put'], { responses: {} }],
    ['a new property of an answer', [...campaign, 'properties', 'colour'], { type: 'string' }],
    ['a new optional property of a request', [...creation, 'properties', 'colour'], { type: 'string' }],
  ])('is not: %s', (_, path, value) => {
    expect(breakingChanges(document, changed(path, value))).toEqual([]);
  });
});
