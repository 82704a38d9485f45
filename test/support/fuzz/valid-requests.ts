import fc from 'fast-check';
import { type ApiRequest, encoded } from './api-request.js';
import type { OpenApi, Operation, Parameter, Schema } from './openapi.js';

/** Known values by the name of the parameter, e.g. ids of campaigns that exist. */
export type Known = Readonly<Record<string, readonly string[]>>;

/** Larger numbers are documented as well, but a gate of ten million slots is a load test. */
const LARGEST_NUMBER = 60;

/** Requests that are valid according to the document. */
export function validRequests(
  openApi: OpenApi,
  operation: Operation,
  known: Known,
): fc.Arbitrary<ApiRequest> {
  const values = new SchemaValues(openApi);
  const parametersIn = (place: Parameter['in']) => operation.parameters.filter((one) => one.in === place);
  const path = parametersIn('path').map((one) => [one.name, parameterValue(values, one, known)] as const);
  const query = parametersIn('query').map(
    (one) =>
      [
        one.name,
        fc.option(queryValues(values, one, known), { nil: null, freq: one.required ? 1e6 : 2 }),
      ] as const,
  );
  return fc.record({
    operation: fc.constant(operation),
    method: fc.constant(operation.method.toUpperCase()),
    pathParameters: fc
      .record(Object.fromEntries(path))
      .map((all) => Object.fromEntries(Object.entries(all).map(([name, value]) => [name, encoded(value)]))),
    query: fc
      .record(Object.fromEntries(query))
      .map((all) =>
        Object.entries(all).flatMap(([name, many]) =>
          (many ?? []).map((value): [string, string] => [name, value]),
        ),
      ),
    headers: fc.constant([]),
    body: operation.body ? values.of(operation.body) : fc.constant(undefined),
    chunked: fc.boolean(),
    twist: fc.constant((target: string) => target),
  });
}

/** A list is a parameter that is repeated. */
function queryValues(values: SchemaValues, parameter: Parameter, known: Known): fc.Arbitrary<string[]> {
  const { schema } = parameter;
  return schema?.type === 'array'
    ? fc.array(values.of(schema.items ?? {}).map(String), { maxLength: 3 })
    : parameterValue(values, parameter, known).map((value) => [value]);
}

function parameterValue(
  values: SchemaValues,
  { name, schema, example }: Parameter,
  known: Known,
): fc.Arbitrary<string> {
  const wellKnown = known[name];
  if (wellKnown) return fc.constantFrom(...wellKnown);
  if (example !== undefined) return fc.constant(String(example));
  return values.of(schema ?? { type: 'string' }).map(String);
}

class SchemaValues {
  constructor(private readonly openApi: OpenApi) {}

  of(given: Schema): fc.Arbitrary<unknown> {
    const schema = this.openApi.schema(given);
    const value = this.notNull(schema);
    return schema.nullable ? fc.option(value, { nil: null, freq: 4 }) : value;
  }

  private notNull(schema: Schema): fc.Arbitrary<unknown> {
    if (schema.enum) return fc.constantFrom(...schema.enum);
    const choices = schema.oneOf ?? schema.anyOf ?? schema.allOf;
    if (choices) return fc.oneof(...choices.map((choice) => this.of(choice)));
    switch (schema.type) {
      case 'integer':
      case 'number': {
        const min = schema.minimum ?? 0;
        return fc.integer({ min, max: Math.max(min, Math.min(schema.maximum ?? Infinity, LARGEST_NUMBER)) });
      }
      case 'boolean':
        return fc.boolean();
      case 'array':
        return fc.array(this.of(schema.items ?? {}), { maxLength: 5 });
      case 'object':
        return this.object(schema);
      default:
        return text(schema);
    }
  }

  private object({ properties = {}, required = [] }: Schema): fc.Arbitrary<Record<string, unknown>> {
    const fields = Object.entries(properties).map(([name, schema]) => [name, this.of(schema)] as const);
    // Null-prototype objects stringify the same, but code that spreads them would not see the same.
    return fc.record(Object.fromEntries(fields), { requiredKeys: [...required], noNullPrototype: true });
  }
}

function text({ format, pattern, example, minLength = 1, maxLength = 40 }: Schema): fc.Arbitrary<string> {
  if (format === 'date-time') {
    const days = { min: new Date('2026-01-01T00:00:00Z'), max: new Date('2036-01-01T00:00:00Z') };
    return fc.date({ ...days, noInvalidDate: true }).map((time) => time.toISOString());
  }
  const decent =
    pattern === undefined
      ? fc.string({ minLength, maxLength: Math.min(maxLength, 40) })
      : fc.stringMatching(new RegExp(pattern, 'u'));
  return example === undefined ? decent : fc.oneof(fc.constant(String(example)), decent);
}
