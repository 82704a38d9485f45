import { UnusableInput } from '../unusable-input.js';

/** The second line of a proof holds all checkpoints; a leaf has a few hundred bytes. */
const LONGEST_LINE = 4 * 1024 * 1024;

/** Splits a stream of UTF-8 into lines, several at a time. @throws UnusableInput when it ends within a line */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<readonly string[]> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + decode(decoder, chunk)).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST_LINE)
      throw new UnusableInput('There is a line that is longer than any of a proof.');
    if (lines.length > 0) yield lines;
  }
  if (rest !== '') throw new UnusableInput('The file ends within a line: it was cut off.');
}

function decode(decoder: TextDecoder, chunk: Uint8Array): string {
  try {
    return decoder.decode(chunk, { stream: true });
  } catch {
    throw new UnusableInput('This is no text in UTF-8.');
  }
}
