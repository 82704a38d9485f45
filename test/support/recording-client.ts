import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, now, type Operation } from './history.js';
import { adminToken, tokenOf } from './tokens.js';

/** A definite answer takes this long only when something is broken. */
const GIVE_UP_AFTER_MS = 30_000;
const RETRY_PAUSE_MS = 25;

interface Question {
  readonly op: Operation['op'];
  readonly campaignId: string;
  readonly userId: number | null;
  readonly body?: Readonly<Record<string, unknown>>;
  /** How long the client waits before it hangs up. */
  readonly patienceMs?: number;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** Why there was no answer: nobody listened, it came too late, or the connection broke after the request was sent. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';

  constructor(
    readonly kind: 'refused' | 'late' | 'broken',
    cause: Error,
  ) {
    super(`${kind}: ${cause.message}`, { cause });
  }
}

/** Users and operators who ask over keep-alive connections, ask again as they should, and record everything. */
export class RecordingClient {
  readonly history: Operation[] = [];
  private readonly agent = new Agent({ keepAlive: true });

  constructor(readonly name: string) {}

  /** Asks once. @throws NoAnswer */
  async ask(url: string, question: Question): Promise<Operation & Pick<Answer, 'headers'>> {
    const { op, campaignId, userId, patienceMs = GIVE_UP_AFTER_MS } = question;
    const token = userId === null ? await adminToken() : await tokenOf(userId);
    const asked = { client: this.name, op, campaignId, userId: userId === null ? null : String(userId) };
    const start = now();
    try {
      const { status, headers, body } = await this.send(url, question, token, patienceMs);
      const operation: Operation = { ...asked, start, end: now(), status, body };
      this.history.push(operation);
      return { ...operation, headers };
    } catch (error) {
      this.history.push({ ...asked, start, end: null, status: null, body: null });
      throw error;
    }
  }

  /**
   * Asks until the answer is definite: neither missing, nor "temporarily unavailable", nor one of `passing`.
   * @param pick chooses whom to ask, by the number of earlier attempts
   */
  async persist(
    pick: (attempt: number) => string,
    question: Question,
    passing: readonly number[] = [],
  ): Promise<Operation> {
    const giveUpAt = performance.now() + GIVE_UP_AFTER_MS;
    for (let attempt = 0; performance.now() < giveUpAt; attempt++) {
      const answer = await this.ask(pick(attempt), question).catch((error: unknown) => {
        if (error instanceof NoAnswer) return undefined;
        throw error;
      });
      if (answer && answer.status !== 503 && !passing.includes(answer.status ?? 0)) return answer;
      await sleep(RETRY_PAUSE_MS);
    }
    throw new Error(`No definite answer to ${question.op} of ${question.userId ?? 'the operator'}.`);
  }

  /** Records a claim whose answer nobody waited for. */
  noteUnanswered(campaignId: string, userId: number): void {
    const [start, end] = [now(), null];
    const asked = { client: this.name, op: 'claim', campaignId, userId: String(userId) } as const;
    this.history.push({ ...asked, start, end, status: null, body: null });
  }

  /** How often each answer came: by its code where it has one, otherwise by its status; null for none. */
  answers(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const operation of this.history) {
      const answer = codeOf(operation) ?? String(operation.status);
      counts[answer] = (counts[answer] ?? 0) + 1;
    }
    return counts;
  }

  close(): void {
    this.agent.destroy();
  }

  private send(url: string, question: Question, token: string, patienceMs: number): Promise<Answer> {
    const { hostname, port } = new URL(url);
    const { method, path } = route(question);
    const body = question.body === undefined ? undefined : JSON.stringify(question.body);
    const headers = {
      Authorization: `Bearer ${token}`,
      ...(body === undefined
        ? {}
        : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }),
      ...(body === undefined && method === 'POST' ? { 'Content-Length': 0 } : {}),
    };
    return new Promise((resolve, reject) => {
      let late = false;
      const timer = setTimeout(() => {
        late = true;
        asking.destroy(new Error(`no answer within ${patienceMs} ms`));
      }, patienceMs);
      const fail = (error: NodeJS.ErrnoException): void => {
        clearTimeout(timer);
        reject(new NoAnswer(late ? 'late' : error.code === 'ECONNREFUSED' ? 'refused' : 'broken', error));
      };
      const asking = request({ hostname, port, method, path, headers, agent: this.agent }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', fail);
        response.on('end', () => {
          clearTimeout(timer);
          const text = Buffer.concat(chunks).toString();
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: text === '' ? null : JSON.parse(text),
          });
        });
      });
      asking.on('error', fail);
      asking.end(body);
    });
  }
}

function route({ op, campaignId }: Question): { method: string; path: string } {
  switch (op) {
    case 'claim':
      return { method: 'POST', path: `/v1/campaigns/${campaignId}/grants` };
    case 'status':
      return { method: 'GET', path: `/v1/campaigns/${campaignId}/grants/me` };
    case 'create':
      return { method: 'POST', path: '/v1/campaigns' };
    case 'change':
      return { method: 'PATCH', path: `/v1/campaigns/${campaignId}` };
  }
}
