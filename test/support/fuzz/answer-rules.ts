import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { PROBLEMS } from '../../../src/platform/problems/problem-catalogue.js';
import type { Answer, Question } from '../http.js';
import type { OpenApi, Operation, Schema } from './openapi.js';

/** Statuses that the server answers before it has a complete request, which then has no id and no operation. */
const NO_REQUEST: readonly number[] = [400, 408, 417, 431];

/** Statuses for a request that is none of the document's operations. */
const NO_OPERATION: readonly number[] = [400, 404, 405, 413, 415];

const SECRET_OR_INSIDE =
  /node_modules|\/(src|dist)\/|\bat [^"]*:\d+:\d+|\bSELECT .* FROM\b|\bINSERT INTO\b|QueryFailed|ReplyError|TypeError|ECONN|postgres(ql)?:\/\/|redis:\/\//;

/** The rules for every answer of the API, whatever was asked. */
export class AnswerRules {
  private readonly ajv = new Ajv({ strict: false, allErrors: true });
  private readonly validators = new Map<Schema, ValidateFunction>();

  /** @param secrets texts that no answer may hold */
  constructor(
    private readonly openApi: OpenApi,
    private readonly secrets: readonly string[],
  ) {
    addFormats.default(this.ajv);
    this.ajv.addSchema({ $id: 'openapi', components: closed(openApi.document.components ?? {}) });
  }

  /** @returns the rules that this answer breaks */
  broken(question: Question, answer: Answer): string[] {
    const operation = this.openApi.operationAt(question.method ?? 'GET', question.path);
    const { status, headers, text } = answer;
    const silent = question.method === 'HEAD';
    return [
      ...this.status(operation, answer),
      ...(status >= 400 ? problemRules(answer, silent) : []),
      ...(status >= 400 && operation && !silent ? codeRule(operation, answer) : []),
      ...(status < 400 && operation && !silent ? this.success(operation, answer) : []),
      ...(SECRET_OR_INSIDE.test(text) ? ['reveals internals'] : []),
      ...(this.secrets.some((secret) => text.includes(secret)) ? ['reveals a secret'] : []),
      ...(headers['x-powered-by'] === undefined ? [] : ['X-Powered-By']),
    ];
  }

  private status(operation: Operation | undefined, { status, headers }: Answer): string[] {
    if (headers['x-request-id'] === undefined) {
      return NO_REQUEST.includes(status) ? [] : [`${status} without a request id`];
    }
    // Pages for people are no operations, and the same for everybody.
    if (!operation && mediaType(headers['content-type']) === 'text/html' && status < 400) return [];
    if (!operation)
      return NO_OPERATION.includes(status) ? [] : [`${status} for a request that is no operation`];
    return String(status) in operation.responses ? [] : [`${status} is not documented for ${operation.name}`];
  }

  private success(operation: Operation, { status, headers, text }: Answer): string[] {
    const content = operation.responses[status]?.content ?? {};
    const type = mediaType(headers['content-type']);
    const found = content[type];
    if (!found) return text === '' && Object.keys(content).length === 0 ? [] : [`a body of type "${type}"`];
    if (type !== 'application/json') return [];
    const body = parsed(text);
    if (body === undefined) return ['no JSON'];
    const validate = this.validator(found.schema ?? {});
    return validate(body) ? [] : [`not as documented: ${this.ajv.errorsText(validate.errors)}`];
  }

  private validator(schema: Schema): ValidateFunction {
    const known = this.validators.get(schema);
    if (known) return known;
    const { $ref } = schema;
    const made = this.ajv.compile($ref === undefined ? closed(schema) : { $ref: `openapi${$ref}` });
    this.validators.set(schema, made);
    return made;
  }
}

function problemRules({ status, headers, text }: Answer, silent: boolean): string[] {
  const broken: string[] = [];
  if (mediaType(headers['content-type']) !== 'application/problem+json') broken.push('no problem+json');
  if ([429, 503].includes(status) && !/^[1-9]\d*$/.test(headers['retry-after'] ?? ''))
    broken.push('no Retry-After');
  if (status === 401 && !/^(Bearer realm="[^"]+"|Webhook-Signature)/.test(headers['www-authenticate'] ?? ''))
    broken.push('no WWW-Authenticate');
  if (
    status === 403 &&
    text.includes('"forbidden"') &&
    !/insufficient_scope/.test(headers['www-authenticate'] ?? '')
  )
    broken.push('no insufficient_scope');
  if (status === 405 && headers.allow === undefined) broken.push('no Allow');
  if (silent) return broken;
  const problem = parsed(text);
  if (typeof problem !== 'object' || problem === null) return [...broken, 'no problem document'];
  const { type, title, status: said, code, detail } = problem as Record<string, unknown>;
  if (!(String(code) in PROBLEMS)) broken.push(`the unknown code ${String(code)}`);
  if (type !== `urn:seonchak:problem:${String(code)}`) broken.push(`the type ${String(type)}`);
  if (typeof title !== 'string' || title === '') broken.push('no title');
  if (typeof detail !== 'string' || detail === '') broken.push('no detail');
  if (said !== status) broken.push(`the status ${String(said)} under ${status}`);
  return broken;
}

/** A call documents each code that it answers with, as an example. A request without an id has reached no call. */
function codeRule({ name, responses }: Operation, { status, headers, text }: Answer): string[] {
  if (headers['x-request-id'] === undefined) return [];
  const { code } = (parsed(text) ?? {}) as { code?: unknown };
  const examples = responses[status]?.content?.['application/problem+json']?.examples ?? {};
  return String(code) in examples ? [] : [`the code ${String(code)} is not documented for ${name}`];
}

const mediaType = (header: string | undefined): string => (header ?? '').split(';')[0]!.trim();

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The same schema without room for undocumented properties, so that an entity that leaks into an answer shows. */
function closed<T>(schema: T): T {
  return JSON.parse(JSON.stringify(schema), (_, value: unknown) =>
    typeof value === 'object' &&
    value !== null &&
    'properties' in value &&
    'type' in value &&
    !('allOf' in value)
      ? { additionalProperties: false, ...value }
      : value,
  ) as T;
}
