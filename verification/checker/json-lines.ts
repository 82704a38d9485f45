import { UnusableInputError } from './unusable-input.js';

export type JsonObject = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Undefined if the text is not a JSON object. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Reads JSON lines. If the last line has no line feed, its writer was killed: an incomplete line is left out.
 * @param name names the file in errors
 * @param read reads one object; returns undefined if it is invalid
 * @throws UnusableInputError at the first unreadable line
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
