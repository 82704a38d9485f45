import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../../checker/history-recorder.js';
import type { ChaosPlan } from '../plan/chaos-plan.js';
import { randomOf } from '../plan/random.js';
import type { Complaints } from './complaints.js';
import { backOffMs } from './back-off.js';
import type { Person } from './people.js';
import type { CampaignClient } from './campaign-client.js';

type State = 'OPEN' | 'PAUSED' | 'CLOSED';

const patienceMs = 120_000;
const resumeEveryMs = 2_000;
const lanes = 16;
/** The share of closed wallets that are closed during the run; the others are closed before it. */
const lateShare = 0.3;

/** An administrator who changes the campaign. Unanswered requests are repeated until there is an answer. */
export class Operator {
  constructor(
    private readonly client: CampaignClient,
    private readonly campaignId: string,
    private readonly complaints: Complaints,
  ) {}

  async createCampaign({ capacity, waitingCapacity, reversalPolicy }: ChaosPlan): Promise<void> {
    const terms = { name: 'Chaos', capacity, waitingCapacity, amount: 10, currency: 'KRW', reversalPolicy };
    await this.insist('create-campaign', 'POST', '/v1/campaigns', { id: this.campaignId, ...terms });
  }

  /** Closes the wallets of unpayable people: most before this resolves, the rest in `later`. */
  async closeWallets(
    people: readonly Person[],
    { seed, spanMs }: ChaosPlan,
  ): Promise<{ later: Promise<void> }> {
    const random = randomOf(seed, 'wallets');
    const closed = people.filter(({ isUnpayable }) => isUnpayable);
    const late = closed.filter(() => random.fraction() < lateShare);
    const early = closed.filter((person) => !late.includes(person));
    let next = 0;
    const lane = async (): Promise<void> => {
      for (let person = early[next++]; person; person = early[next++]) await this.closeWallet(person);
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    const later = late.map(async (person) => {
      await sleep(random.fraction() * spanMs);
      await this.closeWallet(person);
    });
    return { later: Promise.all(later).then(() => undefined) };
  }

  /** Pauses and resumes a few times, and closes at the planned time. */
  async run({ seed, spanMs, closesAtMs }: ChaosPlan): Promise<void> {
    const random = randomOf(seed, 'operator');
    const pauses = Array.from({ length: random.below(3) }, () => random.fraction() * 0.8 * spanMs);
    const begun = performance.now();
    const until = (atMs: number) => sleep(Math.max(0, begun + atMs - performance.now()));
    const closes = closesAtMs === null ? [] : [until(closesAtMs).then(() => this.change('CLOSED'))];
    for (const atMs of pauses.sort((a, b) => a - b)) {
      await until(atMs);
      await this.change('PAUSED');
      await sleep(200 + random.fraction() * 1_000);
      await this.change('OPEN');
    }
    await Promise.all(closes);
  }

  /** Resumes repeatedly: a pause whose answer was lost may be executed late, after the resume that followed it. */
  async keepOpenUntil(end: Promise<void>): Promise<void> {
    const over = end.then(() => true);
    do await this.change('OPEN');
    while (!(await Promise.race([over, sleep(resumeEveryMs, false)])));
  }

  /** A change that the campaign refuses is not an error: it may be a repetition, or the campaign may be closed. */
  async change(state: State): Promise<void> {
    await this.insist('change-campaign', 'PATCH', `/v1/campaigns/${this.campaignId}`, { state });
  }

  private async closeWallet({ userId }: Person): Promise<void> {
    await this.insist('close-wallet', 'PATCH', `/v1/wallets/KRW/${userId}`, {
      state: 'CLOSED',
      reason: 'chaos',
    });
  }

  private async insist(op: string, method: 'POST' | 'PATCH', path: string, document: object): Promise<void> {
    const giveUpAt = performance.now() + patienceMs;
    let answer: Answer | undefined;
    for (let attempt = 1; performance.now() < giveUpAt; attempt++) {
      const asked = { client: 'operator', op, campaignId: this.campaignId, userId: null };
      answer = await this.client.ask({ ...asked, method, path, document });
      if (answer && (answer.status < 300 || answer.status === 409)) return;
      if (answer && answer.status !== 503 && answer.status !== 429) this.complaints.unexpected(op, answer);
      await sleep(backOffMs(attempt));
    }
    this.complaints.add(`a ${op} came to nothing: last ${JSON.stringify(answer ?? 'none')}`);
  }
}
