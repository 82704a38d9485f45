import { setTimeout as sleep } from 'node:timers/promises';
import type { Contestant, ContestantName } from '../contestants/contestant.js';
import type { Hits, Volley } from '../generator/generator-messages.js';
import type { Measuring } from './family.js';

const pollIntervalMs = 20;
/** How long to wait for the last payout. */
const patienceMs = 180_000;
const warmUpCapacity = 1_000;
/** Per phase, in seconds. */
const longestWarmUp = 2;
/** First user number. Every round has its own numbers, so no token was seen before. */
const firstUser = 1_000_000_000;
const usersPerRound = 10_000_000;
/** Minimum assumed rate of answers per second, until a rate is measured. */
const guessedRate = 10_000;
/** Requests are prepared for this multiple of the previous rate, so that no user repeats … */
const reserve = 2;
/** … up to this number, because they take about 2 KB each. */
const mostRequests = 300_000;

type Phase = 'accepting' | 'sold out' | 'reading';

/** A clock that is consistent with that of the generator's process. */
function epochMs(): number {
  return performance.timeOrigin + performance.now();
}

/** One contestant's rush: the phases and their measurements. */
export class RushRound {
  /** The last measured rate of sold-out answers per second. */
  private readonly rates = new Map<ContestantName, number>();

  constructor(private readonly measuring: Measuring) {}

  /** A smaller rush. Only its rate is kept. */
  async warmUp(contestant: Contestant): Promise<void> {
    const { settings } = this.measuring;
    const capacity = Math.min(settings.capacity, warmUpCapacity);
    const seconds = Math.min(settings.seconds, longestWarmUp);
    const users = { first: firstUser, count: capacity };
    const path = await contestant.freshCampaign(capacity);
    const accepts = await this.claims(contestant, path, users);
    await this.untilPaid(contestant, accepts.statuses[202] ?? 0);
    const soldOut = await this.soldOut(contestant, path, users, seconds);
    this.rates.set(contestant.name, rateOf(soldOut));
    await this.reads(contestant, path, users, seconds);
    await contestant.endCampaign();
  }

  async run(contestant: Contestant, round: number): Promise<void> {
    const { capacity, seconds } = this.measuring.settings;
    const users = { first: firstUser + round * usersPerRound, count: capacity };
    const path = await contestant.freshCampaign(capacity);
    await this.measureAccepts(contestant, round, path, users);

    const soldOut = await this.withCpu(contestant, () => this.soldOut(contestant, path, users, seconds));
    this.judge(contestant, 'sold out', soldOut.hits);
    this.rates.set(contestant.name, rateOf(soldOut.hits));
    this.write('sold-out', contestant, round, rateOf(soldOut.hits));
    this.write('sold-out-p99', contestant, round, soldOut.hits.latencyMs.p99);
    this.write('sold-out-cpu', contestant, round, soldOut.cpu && soldOut.cpu / answersOf(soldOut.hits));

    const reads = await this.withCpu(contestant, () => this.reads(contestant, path, users, seconds));
    this.judge(contestant, 'reading', reads.hits);
    this.write('status', contestant, round, rateOf(reads.hits));
    this.write('status-cpu', contestant, round, reads.cpu && reads.cpu / answersOf(reads.hits));
    await contestant.endCampaign();
  }

  /** Claims all slots and waits until the last user is paid. The CPU cost of a claim includes this time. */
  private async measureAccepts(
    contestant: Contestant,
    round: number,
    path: string,
    users: Volley['users'],
  ): Promise<void> {
    let lastPayoutAt: number | undefined;
    const { hits, cpu } = await this.withCpu(contestant, async () => {
      const accepts = await this.claims(contestant, path, users);
      if (contestant.pays) lastPayoutAt = await this.untilPaid(contestant, accepts.statuses[202] ?? 0);
      return accepts;
    });
    const accepted = hits.statuses[202] ?? 0;
    this.judge(contestant, 'accepting', hits);
    if (accepted !== users.count)
      this.remark(contestant, `${accepted} instead of ${users.count} users were accepted in a round`);
    this.write('accepts', contestant, round, rateOf(hits));
    this.write('accepts-p99', contestant, round, hits.latencyMs.p99);
    this.write('claim-cpu', contestant, round, cpu && cpu / accepted);
    if (lastPayoutAt === undefined) return;
    const paid = await contestant.paid();
    if (paid !== accepted)
      this.remark(contestant, `the books show ${paid} paid users instead of ${accepted}`);
    const fromFirstClaim = lastPayoutAt - hits.startedAt;
    this.write('paid', contestant, round, fromFirstClaim / 1_000);
    this.write('tail', contestant, round, (fromFirstClaim - hits.elapsedMs) / hits.elapsedMs);
  }

  /** The hits, and the CPU time that the server used meanwhile, in µs. */
  private async withCpu(
    contestant: Contestant,
    work: () => Promise<Hits>,
  ): Promise<{ hits: Hits; cpu: number | undefined }> {
    const before = await this.measuring.arena.serverCpu(contestant);
    const hits = await work();
    const after = await this.measuring.arena.serverCpu(contestant);
    return { hits, cpu: before === undefined || after === undefined ? undefined : after - before };
  }

  /** Omits values that could not be measured. */
  private write(figure: string, { name }: Contestant, round: number, value: number | undefined): void {
    if (value !== undefined && Number.isFinite(value)) this.measuring.book.write(figure, name, round, value);
  }

  private claims(
    { origin }: Contestant,
    path: string,
    users: Volley['users'],
    more: Pick<Volley, 'askedBefore' | 'seconds'> = {},
  ): Promise<Hits> {
    const { connections, repeaters, badTokens } = this.measuring.settings;
    return this.measuring.arena.load.fire({
      ...{ method: 'POST', origin, path, connections, users, repeaters, badTokens },
      ...more,
    });
  }

  private soldOut(
    contestant: Contestant,
    path: string,
    askedBefore: Volley['users'],
    seconds: number,
  ): Promise<Hits> {
    const rate = this.rates.get(contestant.name) ?? guessedRate;
    const count = Math.min(mostRequests, Math.ceil(Math.max(rate, guessedRate) * seconds * reserve));
    const late = { first: askedBefore.first + askedBefore.count, count };
    return this.claims(contestant, path, late, { askedBefore, seconds });
  }

  private reads(
    { origin }: Contestant,
    path: string,
    users: Volley['users'],
    seconds: number,
  ): Promise<Hits> {
    return this.measuring.arena.load.fire({
      ...{ method: 'GET', origin, path: `${path}/me`, users, seconds, repeaters: 0, badTokens: 0 },
      connections: this.measuring.settings.connections,
    });
  }

  /** The time, by `epochMs`, at which all accepted users were paid; undefined if that took too long. */
  private async untilPaid(contestant: Contestant, accepted: number): Promise<number | undefined> {
    const giveUpAt = epochMs() + patienceMs;
    while ((await contestant.unpaid(accepted)) > 0) {
      if (epochMs() > giveUpAt) {
        this.remark(contestant, `not everybody was paid within ${patienceMs / 1_000} s`);
        return undefined;
      }
      await sleep(pollIntervalMs);
    }
    return epochMs();
  }

  /** Adds remarks about anything that makes the figures misleading. */
  private judge(contestant: Contestant, phase: Phase, { statuses, errors, coreShare, wrapped }: Hits): void {
    const expected = this.expectedIn(phase);
    for (const [status, count] of Object.entries(statuses)) {
      if (!expected.includes(Number(status)))
        this.remark(contestant, `${count} answers ${status} while ${phase}`);
    }
    if (errors > 0) this.remark(contestant, `${errors} requests without an answer while ${phase}`);
    if (wrapped && phase === 'sold out')
      this.remark(contestant, 'users were repeated while sold out, so their tokens were not new');
    if (coreShare > 0.9)
      this.remark(
        contestant,
        `the generator used ${Math.round(coreShare * 100)} % of its core while ${phase}: the server may be faster than measured`,
      );
  }

  private expectedIn(phase: Phase): number[] {
    const { repeaters, badTokens } = this.measuring.settings;
    if (phase === 'reading') return [200];
    // The framework baseline remembers nobody: it answers a repeater like a new user.
    const toRepeaters = repeaters > 0 ? [200, 202, 409] : [];
    return [phase === 'accepting' ? 202 : 409, ...toRepeaters, ...(badTokens > 0 ? [401] : [])];
  }

  private remark({ name }: Contestant, what: string): void {
    this.measuring.remarks.add(`${name}: ${what}.`);
  }
}

function answersOf({ statuses }: Hits): number {
  return Object.values(statuses).reduce((sum, count) => sum + count, 0);
}

/** Answers per second with any status, except 429 and 5xx. */
function rateOf(hits: Hits): number {
  const refused = Object.entries(hits.statuses)
    .filter(([status]) => Number(status) >= 500 || status === '429')
    .reduce((sum, [, count]) => sum + count, 0);
  return ((answersOf(hits) - refused) / hits.elapsedMs) * 1_000;
}
