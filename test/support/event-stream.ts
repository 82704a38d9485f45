import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';

/** A client of server-sent events. */
export class EventStreamClient {
  readonly events: { readonly event: string; readonly data: unknown }[] = [];
  comments = 0;
  isClosed = false;

  private constructor(
    private readonly request: ClientRequest,
    readonly response: IncomingMessage,
  ) {
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      const blocks = (text + chunk).split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) this.take(block);
    });
    response.on('close', () => (this.isClosed = true));
    response.on('error', () => undefined);
  }

  static open(url: string, path: string, token: string): Promise<EventStreamClient> {
    return new Promise((resolve, reject) => {
      const request = httpRequest(`${url}${path}`, {
        headers: { Authorization: `Bearer ${token}`, Accept: 'text/event-stream' },
        agent: false,
      });
      request.on('response', (response) => resolve(new EventStreamClient(request, response)));
      request.on('error', reject);
      request.end();
    });
  }

  close(): void {
    this.request.destroy();
  }

  private take(block: string): void {
    if (block.startsWith(':')) this.comments++;
    const fields = new Map(
      block.split('\n').map((line) => [line.split(': ')[0], line.replace(/^\w+: /, '')]),
    );
    const [event, data] = [fields.get('event'), fields.get('data')];
    if (event !== undefined) this.events.push({ event, data: JSON.parse(data ?? 'null') as unknown });
  }
}
