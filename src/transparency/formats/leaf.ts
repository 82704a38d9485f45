import { FIELDS, LEAF_KINDS, type LeafKind } from './leaf-fields.js';
import { MalformedLeaf } from './malformed-leaf.js';

/** What a field of a leaf holds, once read: numbers as numbers, `-` as null, everything else as it stands. */
type FieldValue<T extends string> = T extends `${infer Kind}?` ? ValueOf<Kind> | null : ValueOf<T>;
type ValueOf<T extends string> = T extends 'number' | 'count' ? number : string;

type FieldsOf<K extends LeafKind> = {
  readonly [Name in keyof (typeof FIELDS)[K]]: FieldValue<(typeof FIELDS)[K][Name] & string>;
};

/** A leaf of one kind. Fields are those of docs/transparency.md, in that order. */
export type LeafOf<K extends LeafKind> = { readonly kind: K } & FieldsOf<K>;

/** Any leaf of the log. */
export type Leaf = { [K in LeafKind]: LeafOf<K> }[LeafKind];

const VERSION = 'v1';
const NONE = '-';
const NUMBER = /^(?:0|[1-9][0-9]*)$/;

/** A field of a leaf, as it is checked: made once, since it is needed for every leaf. */
interface FieldShape {
  readonly name: string;
  readonly isOptional: boolean;
  readonly isNumber: boolean;
  readonly pattern: RegExp;
}

const PATTERNS = {
  number: /^[1-9][0-9]*$/,
  count: NUMBER,
  campaign: /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
  currency: /^[A-Z]{3}$/,
  hash: /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/,
  policy: /^(?:keep|regrant)$/,
  state: /^(?:OPEN|PAUSED|CLOSED)$/,
  reason: /^(?:wallet-closed|rejected-by-provider|rejected-by-operator)$/,
  code: /^(?:not-justified|no-key)$/,
  key: /^[!-~]+$/,
} as const;

const SHAPES = Object.fromEntries(
  LEAF_KINDS.map((kind) => [kind, Object.entries<string>(FIELDS[kind]).map(shapeOf)]),
) as unknown as Readonly<Record<LeafKind, readonly FieldShape[]>>;

/**
 * The leaf as the line that is hashed and published, without a newline.
 * @throws MalformedLeaf when a field holds what docs/transparency.md does not allow
 */
export function formatLeaf(leaf: Leaf): string {
  const values = leaf as unknown as Readonly<Record<string, string | number | null>>;
  let line = `${VERSION} ${leaf.kind}`;
  for (const shape of SHAPES[leaf.kind]) {
    const value = values[shape.name];
    const text = value === null ? NONE : String(value);
    checkField(leaf.kind, shape, text);
    line += ` ${text}`;
  }
  return line;
}

/**
 * Reads a leaf, strictly: `formatLeaf` of what comes out is the same line.
 * @throws MalformedLeaf for another version or kind, a wrong number of fields, or a field that is not allowed
 */
export function parseLeaf(line: string): Leaf {
  const [version, kind, ...texts] = line.split(' ');
  if (version !== VERSION) throw new MalformedLeaf(`begins with another version than ${VERSION}`, line);
  if (!isLeafKind(kind)) throw new MalformedLeaf('is of an unknown kind', line);
  const shapes = SHAPES[kind];
  if (texts.length !== shapes.length)
    throw new MalformedLeaf(`has ${texts.length} fields instead of ${shapes.length}`, line);
  const leaf: Record<string, string | number | null> = { kind };
  shapes.forEach((shape, index) => {
    const text = texts[index] ?? '';
    checkField(kind, shape, text);
    leaf[shape.name] = fieldValue(shape, text);
  });
  return leaf as unknown as Leaf;
}

/** The campaign that a leaf belongs to; null for a leaf of the whole log. */
export function campaignOf(leaf: Leaf): string | null {
  return leaf.kind === 'log' ? null : leaf.campaign;
}

function isLeafKind(text: string | undefined): text is LeafKind {
  return LEAF_KINDS.some((kind) => kind === text);
}

function shapeOf([name, type]: readonly [string, string]): FieldShape {
  const isOptional = type.endsWith('?');
  const known = (isOptional ? type.slice(0, -1) : type) as keyof typeof PATTERNS;
  return { name, isOptional, isNumber: known === 'number' || known === 'count', pattern: PATTERNS[known] };
}

function fieldValue({ isNumber }: FieldShape, text: string): string | number | null {
  if (text === NONE) return null;
  return isNumber ? Number(text) : text;
}

function checkField(kind: LeafKind, { name, isOptional, pattern }: FieldShape, text: string): void {
  if (text === NONE && isOptional) return;
  if (!pattern.test(text))
    throw new MalformedLeaf(`has a field ${name} that is not allowed`, `v1 ${kind} … ${text}`);
  if (NUMBER.test(text) && !Number.isSafeInteger(Number(text)))
    throw new MalformedLeaf(`has a field ${name} beyond 2^53`, `v1 ${kind} … ${text}`);
}
