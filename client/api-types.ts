import type { paths } from './openapi.js';

export type Method = 'get' | 'post' | 'patch' | 'delete';

/** The paths of the API that have this method, as openapi.json writes them. */
export type PathWith<M extends Method> = {
  [P in keyof paths]: paths[P][M] extends { responses: unknown } ? P : never;
}[keyof paths];

/** A call of the API. */
export type Operation<M extends Method, P extends PathWith<M>> = paths[P][M];

/** What a call takes: `path`, `query` and `body` where it has them. */
export type Input<O> = PathInput<O> & QueryInput<O> & BodyInput<O>;

/** What it answers if it succeeds: JSON, or nothing. */
export type Output<O> = O extends { responses: infer Responses }
  ? JsonIn<Responses extends Record<200, infer A> ? A : never> | JsonIn<AcceptedIn<Responses>>
  : never;

type AcceptedIn<Responses> = {
  [S in keyof Responses & (201 | 202 | 204)]: Responses[S];
}[keyof Responses & (201 | 202 | 204)];

type JsonIn<A> = A extends { content: { 'application/json': infer Json } }
  ? Json
  : A extends { content?: never }
    ? undefined
    : never;

type PathInput<O> = O extends { parameters: { path: infer Path } } ? { readonly path: Path } : unknown;

type QueryInput<O> = O extends { parameters: { query: infer Query } }
  ? { readonly query: Query }
  : O extends { parameters: { query?: infer Query } }
    ? { readonly query?: Query }
    : unknown;

type BodyInput<O> = O extends { requestBody: { content: { 'application/json': infer Body } } }
  ? { readonly body: Body }
  : unknown;
