/** The part of a schema (OpenAPI 3.0) that this project's document uses. */
export interface Schema {
  readonly description?: string;
  readonly $ref?: string;
  readonly type?: 'string' | 'number' | 'integer' | 'boolean' | 'array' | 'object';
  readonly enum?: readonly unknown[];
  readonly nullable?: boolean;
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly example?: string | number;
}

interface Content {
  readonly content?: Readonly<
    Record<string, { readonly schema?: Schema; readonly examples?: Readonly<Record<string, unknown>> }>
  >;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header' | 'cookie';
  readonly required?: boolean;
  readonly schema?: Schema;
  readonly example?: string | number;
}

/** A method at a path, as documented. */
export interface Operation {
  /** Lower case. */
  readonly method: string;
  /** `/v1/campaigns/{id}` */
  readonly path: string;
  /** `PATCH /v1/campaigns/{id}` */
  readonly name: string;
  readonly needsToken: boolean;
  readonly needsAdmin: boolean;
  /** The scope that it declares. */
  readonly neededScope?: string;
  readonly parameters: readonly Parameter[];
  readonly body?: Schema;
  readonly responses: Readonly<Record<string, Content>>;
}

export interface OpenApiDocument {
  readonly paths: Readonly<
    Record<
      string,
      Record<
        string,
        {
          readonly tags?: readonly string[];
          readonly 'x-needs-scope'?: string;
          readonly security?: readonly Readonly<Record<string, unknown>>[];
          readonly parameters?: readonly Parameter[];
          readonly requestBody?: Content;
          readonly responses: Readonly<Record<string, Content>>;
        }
      >
    >
  >;
  readonly servers?: readonly { readonly url: string }[];
  readonly components?: {
    readonly schemas?: Readonly<Record<string, Schema>>;
    readonly examples?: Readonly<Record<string, { readonly value?: unknown }>>;
  };
}

/** The document that the service serves at `/openapi.json`. */
export class OpenApi {
  readonly operations: readonly Operation[];
  private readonly patterns: readonly (readonly [pattern: RegExp, operation: Operation])[];

  constructor(readonly document: OpenApiDocument) {
    this.operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]): Operation => {
        const json = operation.requestBody?.content?.['application/json']?.schema;
        return {
          method,
          path,
          name: `${method.toUpperCase()} ${path}`,
          needsToken: (operation.security ?? []).length > 0,
          needsAdmin: operation.tags?.includes('admin') ?? false,
          neededScope: operation['x-needs-scope'],
          parameters: operation.parameters ?? [],
          responses: operation.responses,
          ...(json === undefined ? {} : { body: json }),
        };
      }),
    );
    // More literal paths come first, as in the service's routes.
    const byWildcards = [...this.operations].sort((a, b) => wildcards(a) - wildcards(b));
    this.patterns = byWildcards.map((operation) => [patternOf(operation.path), operation]);
  }

  static async of(url: string): Promise<OpenApi> {
    return new OpenApi((await (await fetch(`${url}/openapi.json`)).json()) as OpenApiDocument);
  }

  /** The operation that a request reaches. @param target the request's target, including its query */
  operationAt(method: string, target: string): Operation | undefined {
    const path = target.replace(/^https?:\/\/[^/]*/i, '').split(/[?#]/)[0]!;
    const wanted = method.toLowerCase() === 'head' ? 'get' : method.toLowerCase();
    return this.patterns.find(
      ([pattern, operation]) => operation.method === wanted && pattern.test(path),
    )?.[1];
  }

  schema(schema: Schema): Schema {
    const name = schema.$ref?.split('/').at(-1);
    if (name === undefined) return schema;
    const found = this.document.components?.schemas?.[name];
    if (!found) throw new Error(`The OpenAPI document has no schema ${name}.`);
    return found;
  }
}

const wildcards = ({ path }: Operation): number => path.split('{').length;

/** Express ignores case and a trailing slash. */
function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}/?$`, 'i');
}
