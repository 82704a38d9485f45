import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, type Question, send } from '../http.js';

/** Generous: it bounds a hang and does not promise speed. */
const ANSWER_WITHIN_MS = 10_000;
const AT_ONCE = 16;
const TRIES = 20;

export interface Answered<Asked extends { readonly question: Question }> {
  readonly asked: Asked;
  /** The answer, or why there was none. */
  readonly answer: Answer | string;
}

/** Sends requests to one service over keep-alive connections. */
export class Asking {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

  constructor(private readonly url: string) {}

  /** Sends all of these, AT_ONCE at a time. @returns the answers in the order of the questions */
  async all<Asked extends { readonly question: Question }>(
    asked: readonly Asked[],
  ): Promise<Answered<Asked>[]> {
    return Promise.all(
      asked.map(async (one) => {
        return { asked: one, answer: await this.one(one.question) };
      }),
    );
  }

  /** As `all`, but repeats what is answered 503, as clients do: on a busy machine a key set may come too late. */
  async allUntilServed<Asked extends { readonly question: Question }>(
    asked: readonly Asked[],
  ): Promise<Answered<Asked>[]> {
    return Promise.all(
      asked.map(async (one) => {
        let answer = await this.one(one.question);
        for (let again = 0; again < TRIES && typeof answer !== 'string' && answer.status === 503; again++) {
          await sleep(500);
          answer = await this.one(one.question);
        }
        return { asked: one, answer };
      }),
    );
  }

  private one(question: Question): Promise<Answer | string> {
    return send(this.url, question, { agent: this.agent, timeoutMs: ANSWER_WITHIN_MS }).catch(String);
  }

  close(): void {
    this.agent.destroy();
  }
}
