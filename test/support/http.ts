import { type Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';

/** The answer as it was received, not interpreted. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Question {
  readonly method?: string;
  /** Sent as it is: no client normalizes it. */
  readonly path: string;
  /** In pairs, the same name may come twice; then they must include Host. */
  readonly headers?: Readonly<Record<string, string>> | readonly (readonly [name: string, value: string])[];
  readonly body?: string | Buffer;
  /** Sends the body in chunks, without announcing its length. */
  readonly chunked?: boolean;
}

/** Asks over its own connection, unless an agent is given. @param timeoutMs how long the connection may be silent */
export function send(
  url: string,
  { method = 'GET', path, headers = {}, body, chunked = false }: Question,
  { agent = false, timeoutMs = 0 }: { readonly agent?: Agent | false; readonly timeoutMs?: number } = {},
): Promise<Answer> {
  const { hostname, port } = new URL(url);
  const length = body === undefined || chunked ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
  const sent = isPairs(headers)
    ? [...Object.entries(length), ...headers].map(([name, value]) => [name, value])
    : { ...length, ...headers };
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      // Node accepts pairs as well; its types do not say so.
      { hostname, port, method, path, headers: sent as Record<string, string>, agent, timeout: timeoutMs },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        const answer = (): void =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString(),
          });
        response.on('end', answer);
        // A stream does not end: what comes first is its answer.
        if (response.headers['content-type']?.startsWith('text/event-stream'))
          response.once('data', () => {
            answer();
            response.destroy();
          });
      },
    );
    request.on('timeout', () => request.destroy(new Error(`No answer within ${timeoutMs} ms.`)));
    // A server that refuses a body need not read it to its end.
    request.on('error', reject);
    if (body !== undefined) request.write(body);
    request.end();
  });
}

function isPairs(
  headers: NonNullable<Question['headers']>,
): headers is readonly (readonly [string, string])[] {
  return Array.isArray(headers);
}

/** Writes exactly these bytes, and reads until the other side closes. */
export function sendBytes(url: string, bytes: string): Promise<Answer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => {
      const [head = '', text = ''] = Buffer.concat(chunks).toString().split('\r\n\r\n');
      const [statusLine = '', ...lines] = head.split('\r\n');
      const headers = Object.fromEntries(
        lines.map((line) => {
          const [name = '', ...value] = line.split(':');
          return [name.toLowerCase(), value.join(':').trim()];
        }),
      );
      resolve({ status: Number(statusLine.split(' ')[1]), headers, text });
    });
  });
}
