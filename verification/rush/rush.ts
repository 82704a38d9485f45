import type { CheckResult } from '../../src/audit/audit-report.js';
import { runAudit } from '../../src/audit/run-audit.js';
import type { BooksSnapshot } from '../checker/books-snapshot.js';
import { checkRecords } from '../checker/check-records.js';
import { readBooks } from '../checker/read-books.js';
import { AdminApi, type CampaignStats } from './admin-api.js';
import { measureClockLead } from './clock-lead.js';
import type { Traces } from './clean-up.js';
import { type Crowd, gatherCrowd } from './crowd.js';
import { endCampaign, waitForDrain } from './drain.js';
import type { Load, Progress } from './generator-messages.js';
import { checkLineWasTold } from './line-was-told.js';
import type { LiveProgress } from './live-progress.js';
import type { LoadGenerator } from './load.js';
import { checkRightPeoplePaid } from './right-people-paid.js';
import type { RushOptions } from './rush-options.js';
import { historyOf } from './rush-history.js';
import type { RushFindings } from './rush-report.js';
import type { RushTarget } from './rush-target.js';

const grouped = (count: number): string => count.toLocaleString('en');

function loadLine(
  { asked, accepted, waiting, soldOut, retries, errors }: Progress,
  total: number,
  startedAt: number,
): string {
  const perSecond = Math.round(asked / Math.max((performance.now() - startedAt) / 1_000, 0.001));
  return (
    `asked ${grouped(asked)} of ${grouped(total)} (${grouped(perSecond)}/s)   accepted ${grouped(accepted)}   ` +
    `waiting ${grouped(waiting)}   sold out ${grouped(soldOut)}   retries ${grouped(retries)}   errors ${grouped(errors)}`
  );
}

function drainLine({ postgres }: CampaignStats): string {
  const { success, failed, promoted, pending, waiting, ended } = postgres;
  return (
    `paid ${grouped(success)}   failed ${grouped(failed)}   promoted ${grouped(promoted)}   ` +
    `pending ${grouped(pending)}   waiting ${grouped(waiting)}   ended ${grouped(ended)}`
  );
}

function inWords(checks: readonly CheckResult[]): string[] {
  return checks.flatMap(({ promise, statement, violations }) =>
    violations.map((violation) => `${promise} ${statement}: ${violation}`),
  );
}

/** One rush, from the campaign's creation to the audit. */
export class Rush {
  private readonly api: AdminApi;
  private readonly campaignId = `rush-${Date.now().toString(36)}`;
  private readonly crowd: Crowd;
  private readonly closedWallets: string[] = [];
  private isCreated = false;

  constructor(
    private readonly target: RushTarget,
    private readonly options: RushOptions,
    private readonly generator: LoadGenerator,
    private readonly progress: LiveProgress,
  ) {
    this.api = new AdminApi(target);
    this.crowd = gatherCrowd(options);
  }

  /** What it has made so far; null for nothing. */
  get traces(): Traces | null {
    const { campaignId, closedWallets } = this;
    return this.isCreated ? { campaignId, closedWallets } : null;
  }

  /** Ends it in the middle: no call of it comes through any more. */
  async abandon(): Promise<void> {
    await this.api.close();
  }

  async run(): Promise<Omit<RushFindings, 'rssMb'>> {
    await this.prepare();
    const clockLeadMs = await measureClockLead(this.target.databaseUrl);
    const load = await this.letLoose();
    this.progress.say('Waiting for the payouts …');
    const onLook = (stats: CampaignStats): void => this.progress.show(() => drainLine(stats));
    const undrained = await waitForDrain(this.api, this.campaignId, onLook);
    const drained = await readBooks(this.target.databaseUrl, this.campaignId);
    this.progress.say('Closing the campaign …');
    const unended = await endCampaign(this.api, this.campaignId, onLook);
    const books = await readBooks(this.target.databaseUrl, this.campaignId);
    this.progress.say('Auditing …');
    const violations = [
      ...undrained,
      ...unended,
      ...this.checkTold(load, books),
      ...checkRightPeoplePaid(books, this.crowd),
      ...(await checkLineWasTold(this.api, this.campaignId, drained, books)),
      ...(await this.audit()),
    ];
    await this.api.close();
    const { campaignId, options, crowd } = this;
    return { campaignId, options, crowd, load, books, clockLeadMs, violations };
  }

  private async prepare(): Promise<void> {
    const { userIds, closedWallets, asks } = this.crowd;
    const { url, jwtSecret } = this.target;
    const { capacity, connections, seed } = this.options;
    const { campaignId } = this;
    this.progress.say(
      `Campaign ${campaignId}: ${grouped(capacity)} slots, ${grouped(userIds.length)} users, ` +
        `${grouped(asks.length)} asks, ${grouped(closedWallets.length)} closed wallets, seed ${seed}.`,
    );
    this.isCreated = true; // it may be, even if the answer is lost
    await this.api.createCampaign(campaignId, capacity);
    await Promise.all([
      this.api.closeWallets(closedWallets, (userId) => this.closedWallets.push(userId)),
      this.generator.prepare({ kind: 'assignment', url, campaignId, jwtSecret, connections, userIds, asks }),
    ]);
  }

  private async letLoose(): Promise<Load> {
    const startedAt = performance.now();
    const total = this.crowd.asks.length;
    let last: Progress | undefined;
    const load = await this.generator.run((progress) => {
      last = progress;
      this.progress.show(() => loadLine(progress, total, startedAt));
    });
    if (last) this.progress.say(loadLine(last, total, startedAt));
    return load;
  }

  /**
   * Checks the crowd's answers against the books. Only `npm run check` examines a provider's log and the gate at rest.
   */
  private checkTold(load: Load, books: BooksSnapshot): string[] {
    const history = historyOf(load, this.campaignId, this.crowd.userIds);
    return inWords(checkRecords({ history, books, bank: null, gate: null }));
  }

  private async audit(): Promise<string[]> {
    const { checks } = await runAudit(this.target, this.campaignId);
    return inWords(checks);
  }
}
