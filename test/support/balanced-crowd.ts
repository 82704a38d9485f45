import { setTimeout as sleep } from 'node:timers/promises';
import type { Balancer } from './balancer.js';
import { eventually } from './eventually.js';
import { codeOf, type Operation } from './history.js';
import { NoAnswer, RecordingClient } from './recording-client.js';

const CONNECTIONS = 24;
/** How long a client pauses after an answer; it keeps its connection open. */
const PAUSE_MS = 30;

/** People who claim as they are let in, and who in between claim again or read their status. */
export class BalancedCrowd {
  readonly client = new RecordingClient('crowd');
  /** Answers and errors that no deploy may cause. */
  readonly complaints: string[] = [];
  refused = 0;
  private letIn = 0;
  private come = 0;
  private over = false;
  private readonly work: Promise<unknown>;

  constructor(
    private readonly balancer: Balancer,
    private readonly campaignId: string,
  ) {
    this.work = Promise.all(Array.from({ length: CONNECTIONS }, () => this.person()));
  }

  let(more: number): void {
    this.letIn += more;
  }

  get arrived(): number {
    return this.come;
  }

  /** Resolves when everybody who was let in has a definite answer. */
  async finish(): Promise<void> {
    await eventually(() => expect(this.come).toBe(this.letIn), 60_000);
    this.over = true;
    await this.work;
    this.client.close();
  }

  private async person(): Promise<void> {
    while (!this.over) {
      if (this.come < this.letIn) await this.ask('claim', ++this.come);
      else if (this.come > 0)
        await this.ask(this.come % 2 === 0 ? 'claim' : 'status', 1 + Math.floor(Math.random() * this.come));
      await sleep(PAUSE_MS);
    }
  }

  /** Repeats the request until there is a definite answer. */
  private async ask(op: 'claim' | 'status', userId: number): Promise<void> {
    for (;;) {
      const url = this.balancer.pick();
      try {
        const answer = await this.client.ask(url, { op, campaignId: this.campaignId, userId });
        this.judge(answer);
        if (answer.status !== 503) return;
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
        if (error.kind !== 'refused') this.complaints.push(`${op} of ${userId} at ${url}: ${error.message}`);
        this.refused++;
        this.balancer.takeOut(url);
      }
      await sleep(PAUSE_MS);
    }
  }

  private judge(answer: Operation & { headers: Readonly<Record<string, unknown>> }): void {
    const { op, status, headers } = answer;
    const expected =
      status === 200 ||
      (op === 'claim' && (status === 202 || codeOf(answer) === 'sold-out')) ||
      (op === 'status' && codeOf(answer) === 'no-claim') || // was told "sold out", or has a claim under way
      (status === 503 && Number(headers['retry-after']) >= 1);
    if (!expected) this.complaints.push(`${op}: ${status} ${JSON.stringify(answer.body)}`);
  }
}
