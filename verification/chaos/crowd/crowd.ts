import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../../checker/history-recorder.js';
import type { Complaints } from './complaints.js';
import { backOffMs } from './back-off.js';
import type { Person } from './people.js';
import type { CampaignClient } from './campaign-client.js';

/** Concurrency of the final round, in which everybody asks again. */
const lanes = 16;

/** How a client interprets an answer to a claim. */
type Meaning = 'definite' | 'ask again' | 'unexpected';

function meaningOf(answer: Answer | undefined): Meaning {
  if (!answer || answer.status === 503 || answer.status === 429) return 'ask again';
  const code = answer.body?.code;
  if (answer.status === 409 && (code === 'paused' || code === 'not-open')) return 'ask again';
  if (answer.status === 200 || answer.status === 202 || answer.status === 410) return 'definite';
  return answer.status === 409 && code === 'sold-out' ? 'definite' : 'unexpected';
}

/** Simulated users. Each repeats its claim as the same user, at any api, until there is a definite answer. */
export class Crowd {
  private clients = 0;
  private giveUpAt = Infinity;

  constructor(
    private readonly client: CampaignClient,
    private readonly campaignId: string,
    private readonly complaints: Complaints,
  ) {}

  /** Everybody carries out their planned actions. Resolves when all are done or given up. */
  async run(people: readonly Person[]): Promise<void> {
    const actions = people.flatMap(({ userId, actions: own }) =>
      own.map((action) => ({ ...action, userId })),
    );
    await Promise.all(
      actions.map(async ({ userId, atMs, what }) => {
        await sleep(atMs);
        await (what === 'claim' ? this.claim(userId) : this.askStatus(userId));
      }),
    );
  }

  /** From now on clients give up after this time, because all faults have ended. */
  limitPatience(ms: number): void {
    this.giveUpAt = performance.now() + ms;
  }

  /** Everybody asks for their status, and every third user claims again. */
  async comeAgain(people: readonly Person[]): Promise<void> {
    let next = 0;
    const lane = async (): Promise<void> => {
      for (let index = next++, person = people[index]; person; index = next++, person = people[index]) {
        await this.askStatus(person.userId);
        if (index % 3 === 0) await this.claim(person.userId);
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
  }

  private async claim(userId: string): Promise<void> {
    const { campaignId } = this;
    const client = `client-${++this.clients}`;
    const path = `/v1/campaigns/${campaignId}/grants`;
    for (let attempt = 1; ; attempt++) {
      const answer = await this.client.ask({ client, op: 'claim', campaignId, userId, method: 'POST', path });
      const meaning = meaningOf(answer);
      if (meaning === 'definite') return;
      if (meaning === 'unexpected' && answer) this.complaints.unexpected('claim', answer);
      if (performance.now() > this.giveUpAt) {
        this.complaints.add(
          `user ${userId} got no definite answer: last ${JSON.stringify(answer ?? 'none')}`,
        );
        return;
      }
      await sleep(backOffMs(attempt));
    }
  }

  private async askStatus(userId: string): Promise<void> {
    const { campaignId } = this;
    const answer = await this.client.ask({
      client: `client-${++this.clients}`,
      op: 'status',
      campaignId,
      userId,
      method: 'GET',
      path: `/v1/campaigns/${campaignId}/grants/me`,
    });
    if (answer && ![200, 404, 429, 503].includes(answer.status)) this.complaints.unexpected('status', answer);
  }
}
