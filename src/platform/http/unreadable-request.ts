/** An error with which Express or its body parser refuses a request. They are made by `http-errors`. */
interface Refusal {
  readonly message: string;
  readonly type?: unknown;
  readonly body?: unknown;
  readonly limit?: unknown;
}

/**
 * What Express or its body parser could not read, and what to send instead. Their own messages are not sent: they quote
 * the request, and change with Node's release.
 * @returns undefined for a refusal that is not known here
 */
export function whatIsUnreadable(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error)) return undefined;
  if (thrown instanceof URIError) return 'The path has a % that begins no escape: write it as %25.';
  const refusal: Refusal = thrown;
  switch (refusal.type) {
    case 'entity.parse.failed':
      return `The body is not JSON: ${placeOf(refusal)}.`;
    case 'entity.too.large':
      return `The body may have at most ${String(refusal.limit)} bytes, after decompression.`;
    case 'charset.unsupported':
      return 'Send JSON in UTF-8.';
    case 'encoding.unsupported':
      return 'Send the body without a Content-Encoding, or with gzip, deflate or br.';
    case 'request.aborted':
    case 'request.size.invalid':
      return 'The body has another length than its Content-Length says.';
    default:
      return isDecompression(thrown) ? 'The body is not what its Content-Encoding says.' : undefined;
  }
}

/** Where the JSON breaks off, as far as V8's message tells. */
function placeOf({ message, body }: Refusal): string {
  const text = typeof body === 'string' ? body : '';
  if (/^\s*$/.test(text) || message.startsWith('Unexpected end')) return 'it ends too early';
  const position = /at position (\d+)/.exec(message)?.[1];
  if (position !== undefined) return `see ${lineAndColumn(text, Number(position))}`;
  if (!/^\s*[[{]/.test(text)) return 'it must be an object, {…}';
  const token = /^Unexpected token '?(.)/su.exec(message)?.[1];
  return token === undefined
    ? 'it cannot be parsed'
    : `there is ${JSON.stringify(token)} where it may not be`;
}

function lineAndColumn(text: string, position: number): string {
  const before = text.slice(0, position).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

function isDecompression(error: Error): boolean {
  return 'code' in error && typeof error.code === 'string' && /^(Z_|ERR_(_|BROTLI))/.test(error.code);
}
