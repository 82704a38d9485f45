import { Agent, request } from 'undici';
import { parseObject } from '../../checker/json-lines.js';
import type { Answer, Asked, HistoryRecorder } from '../../checker/history-recorder.js';
import { AccessTokens } from '../../rush/access-tokens.js';

/**
 * Slightly longer than the service's longest answer. It begins when a request is sent: if it included the wait for a
 * free connection, a crowd that had to wait once would send each request with hardly any time left, and never hear
 * again.
 */
const answerDeadlineMs = 3_000;
const connectionsEach = 64;

interface Question extends Asked {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly path: string;
  readonly document?: object;
}

/** Sends requests to a random api and records everything in the history. */
export class CampaignClient {
  private readonly agent = new Agent({
    connections: connectionsEach,
    pipelining: 1,
    connect: { timeout: answerDeadlineMs },
    headersTimeout: answerDeadlineMs,
    bodyTimeout: answerDeadlineMs,
  });
  private readonly tokens: AccessTokens;
  private readonly known = new Map<string, Promise<string>>();

  constructor(
    private readonly apiUrls: readonly string[],
    jwtSecret: string,
    private readonly history: HistoryRecorder,
  ) {
    this.tokens = new AccessTokens(jwtSecret);
  }

  /** @returns undefined if no answer came in time */
  async ask(question: Question): Promise<Answer | undefined> {
    const { method, path, document, userId, client, op, campaignId } = question;
    const bearer = await this.bearerOf(userId);
    const url = this.apiUrls[Math.floor(Math.random() * this.apiUrls.length)] ?? '';
    try {
      return await this.history.record({ client, op, campaignId, userId }, async () => {
        const { statusCode, body } = await request(`${url}${path}`, {
          dispatcher: this.agent,
          method,
          headers: {
            authorization: `Bearer ${bearer}`,
            ...(document ? { 'content-type': 'application/json' } : {}),
          },
          body: document ? JSON.stringify(document) : null,
        });
        return { status: statusCode, body: parseObject(await body.text()) ?? null };
      });
    } catch {
      return undefined;
    }
  }

  async close(): Promise<void> {
    await this.agent.destroy();
  }

  /** The token of a user, or of the administrator for null. */
  private bearerOf(userId: string | null): Promise<string> {
    const name = userId ?? '';
    const token =
      this.known.get(name) ?? (userId === null ? this.tokens.ofAdministrator() : this.tokens.ofUser(userId));
    this.known.set(name, token);
    return token;
  }
}
