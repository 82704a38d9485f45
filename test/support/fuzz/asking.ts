import { Agent } from 'node:http';
import { type Answer, type Question, send } from '../http.js';

/** Generous: it bounds a hang, it is no promise of speed. */
const ANSWER_WITHIN_MS = 10_000;
const AT_ONCE = 16;

export interface Answered<Asked extends { readonly question: Question }> {
  readonly asked: Asked;
  /** Or why there was none. */
  readonly answer: Answer | string;
}

/** Asks one service over connections that it keeps. */
export class Asking {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

  constructor(private readonly url: string) {}

  /** All of these, some at a time. @returns in the order of the questions */
  async all<Asked extends { readonly question: Question }>(
    asked: readonly Asked[],
  ): Promise<Answered<Asked>[]> {
    return Promise.all(
      asked.map(async (one) => {
        const options = { agent: this.agent, timeoutMs: ANSWER_WITHIN_MS };
        const answer = await send(this.url, one.question, options).catch(String);
        return { asked: one, answer };
      }),
    );
  }

  close(): void {
    this.agent.destroy();
  }
}
