import { OpenApi, type OpenApiDocument, type Operation, type Schema } from './fuzz/openapi.js';

/** A schema with its references and `allOf` resolved, one level deep. */
function resolved(api: OpenApi, schema: Schema): Schema {
  const own = api.schema(schema);
  return (own.allOf ?? [])
    .map((part) => resolved(api, part))
    .reduce(
      (whole, part) => ({
        ...whole,
        ...part,
        properties: { ...whole.properties, ...part.properties },
        required: [...(whole.required ?? []), ...(part.required ?? [])],
      }),
      own,
    );
}

/** What a program that was written against one version of an OpenAPI document can no longer do with the next one. */
class Comparison {
  readonly found: string[] = [];

  constructor(
    private readonly before: OpenApi,
    private readonly after: OpenApi,
  ) {}

  compareOperations(): void {
    for (const old of this.before.operations) {
      const now = this.after.operations.find(({ name }) => name === old.name);
      if (now === undefined) this.found.push(`${old.name} is gone`);
      else this.compareOperation(old, now);
    }
  }

  private compareOperation(old: Operation, now: Operation): void {
    const { name } = old;
    if (!old.needsToken && now.needsToken) this.found.push(`${name} needs a token`);
    if (old.neededScope !== now.neededScope && now.neededScope !== undefined)
      this.found.push(`${name} needs the scope ${now.neededScope}`);
    this.compareParameters(old, now);
    if (now.body && old.body) this.compareRequest(`${name}: body`, old.body, now.body);
    else if (now.body && (resolved(this.after, now.body).required ?? []).length > 0)
      this.found.push(`${name} needs a body`);
    else if (old.body && !now.body) this.found.push(`${name} takes no body`);
    for (const [status, { content: oldContent = {} }] of Object.entries(old.responses)) {
      const content = now.responses[status]?.content ?? {};
      if (now.responses[status] === undefined) this.found.push(`${name} no longer answers ${status}`);
      for (const [type, { schema }] of Object.entries(oldContent)) {
        const at = `${name}: ${status} ${type}`;
        if (now.responses[status] !== undefined && content[type] === undefined)
          this.found.push(`${at} is gone`);
        if (schema && content[type]?.schema) this.compareAnswer(at, schema, content[type].schema);
      }
    }
  }

  private compareParameters(old: Operation, now: Operation): void {
    for (const parameter of now.parameters) {
      const at = `${old.name}: ${parameter.in} ${parameter.name}`;
      const before = old.parameters.find(
        ({ in: place, name }) => place === parameter.in && name === parameter.name,
      );
      if (parameter.required && !before?.required) this.found.push(`${at} is required`);
      if (before?.schema && parameter.schema) this.compareRequest(at, before.schema, parameter.schema);
    }
    for (const { in: place, name } of old.parameters) {
      if (!now.parameters.some((parameter) => parameter.in === place && parameter.name === name))
        this.found.push(`${old.name}: ${place} ${name} is gone`);
    }
  }

  /** What was taken must still be taken. */
  private compareRequest(at: string, oldSchema: Schema, nowSchema: Schema): void {
    const [old, now] = [resolved(this.before, oldSchema), resolved(this.after, nowSchema)];
    if (!this.isSameType(at, old, now)) return;
    if (old.nullable && !now.nullable) this.found.push(`${at} can't be null`);
    const refused = now.enum
      ? (old.enum ?? ['anything else']).filter((value) => !now.enum?.includes(value))
      : [];
    if (refused.length > 0) this.found.push(`${at} does not take ${refused.join(', ')}`);
    for (const name of now.required ?? [])
      if (!old.required?.includes(name)) this.found.push(`${at}.${name} is required`);
    this.compareProperties(at, old, now, (...of) => this.compareRequest(...of));
  }

  /** What was answered must still be answered. New values of an enum may come: clients are told to expect them. */
  private compareAnswer(at: string, oldSchema: Schema, nowSchema: Schema): void {
    const [old, now] = [resolved(this.before, oldSchema), resolved(this.after, nowSchema)];
    if (!this.isSameType(at, old, now)) return;
    if (!old.nullable && now.nullable) this.found.push(`${at} may be null`);
    for (const name of old.required ?? []) {
      if (now.properties?.[name] && !now.required?.includes(name))
        this.found.push(`${at}.${name} may be missing`);
    }
    this.compareProperties(at, old, now, (...of) => this.compareAnswer(...of));
  }

  private isSameType(at: string, old: Schema, now: Schema): boolean {
    const [before, after] = [old, now].map(
      ({ type, format }) => [type, format].filter(Boolean).join(' ') || 'any',
    );
    if (before !== after) this.found.push(`${at} was ${before}, and is ${after}`);
    return before === after;
  }

  private compareProperties(
    at: string,
    old: Schema,
    now: Schema,
    compare: (at: string, old: Schema, now: Schema) => void,
  ): void {
    for (const [name, schema] of Object.entries(old.properties ?? {})) {
      const other = now.properties?.[name];
      if (other === undefined) this.found.push(`${at}.${name} is gone`);
      else compare(`${at}.${name}`, schema, other);
    }
    if (old.items && now.items) compare(`${at}[]`, old.items, now.items);
  }
}

/** One line for each change that breaks a client; docs/adr/0029 has the rules. */
export function breakingChanges(before: OpenApiDocument, after: OpenApiDocument): string[] {
  const comparison = new Comparison(new OpenApi(before), new OpenApi(after));
  comparison.compareOperations();
  return comparison.found;
}
