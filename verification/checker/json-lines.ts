import { UnusableInputError } from './unusable-input.js';

export type JsonObject = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Undefined when the text is no JSON object. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Reads JSON lines. A last line without its line feed was being written when its process was killed: it is left out.
 * @param name says in errors what is read
 * @param read reads one object; undefined when it is not what it should be
 * @throws UnusableInputError at the first line that can't be read
 */
export function parseJsonLines<T>(
  text: string,
  name: string,
  read: (line: JsonObject) => T | undefined,
): T[] {
  const lines = text.split('\n');
  const torn = lines.pop() ?? '';
  const items: T[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const object = parseObject(line);
    const item = object && read(object);
    if (item === undefined) throw new UnusableInputError(`Line ${index + 1} of ${name} can't be read.`);
    items.push(item);
  }
  const last = parseObject(torn);
  const item = last && read(last);
  return item === undefined ? items : [...items, item];
}
