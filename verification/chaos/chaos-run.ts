import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkRun } from '../checker/check-run.js';
import { HistoryRecorder } from '../checker/history-recorder.js';
import type { Arena } from './arena/arena.js';
import { type ChaosReport, countFaults, reportOn } from './chaos-report.js';
import { Complaints } from './crowd/complaints.js';
import { Crowd } from './crowd/crowd.js';
import { Operator } from './crowd/operator.js';
import type { Person } from './crowd/people.js';
import { CampaignClient } from './crowd/campaign-client.js';
import { Nemesis } from './nemesis/nemesis.js';
import type { ChaosPlan } from './plan/chaos-plan.js';
import { redeliverReversals } from './redelivery.js';
import { waitForRest } from './rest.js';

/** How long clients at most retry for a definite answer after all faults ended. */
const patienceMs = 60_000;

/** One run in a started arena, from the campaign's creation to the verdict. */
export class ChaosRun {
  private readonly campaignId: string;
  private readonly complaints = new Complaints();
  private readonly history: HistoryRecorder;
  private readonly client: CampaignClient;
  private readonly crowd: Crowd;
  private readonly operator: Operator;

  constructor(
    private readonly arena: Arena,
    private readonly plan: ChaosPlan,
    private readonly people: readonly Person[],
    private readonly folder: string,
    private readonly log: (line: string) => void,
  ) {
    this.campaignId = `chaos-${plan.seed}`;
    this.history = new HistoryRecorder(this.historyFile);
    this.client = new CampaignClient(arena.apiUrls, arena.jwtSecret, this.history);
    this.crowd = new Crowd(this.client, this.campaignId, this.complaints);
    this.operator = new Operator(this.client, this.campaignId, this.complaints);
  }

  async run(): Promise<ChaosReport> {
    const { arena, plan } = this;
    await this.operator.createCampaign(plan);
    const closing = plan.provider === 'ledger' ? await this.operator.closeWallets(this.people, plan) : null;
    this.log(
      `${plan.users} people, ${plan.capacity} slots, ${plan.faults.length} faults in ${Math.round(plan.spanMs / 1_000)} s …`,
    );
    const crowd = this.crowd.run(this.people);
    const operations = Promise.all([this.operator.run(plan), closing?.later]);
    const nemesis = new Nemesis(arena, this.log);
    const faults = await nemesis.run(plan.faults);
    await writeFile(join(this.folder, 'fired.json'), JSON.stringify(faults, null, 1));
    const counts = countFaults(faults);
    await writeFile(this.faultsFile, JSON.stringify(counts));

    this.log('Healing …');
    await arena.heal();
    await operations;
    this.crowd.limitPatience(patienceMs);
    await this.operator.keepOpenUntil(crowd);
    this.log('Waiting for rest …');
    const unrest = await this.rest();
    if (plan.closesAtRest && plan.closesAtMs === null) {
      await this.operator.change('CLOSED');
      unrest.push(...(await waitForRest(arena, this.campaignId, this.log)));
    }
    await this.crowd.comeAgain(this.people);
    unrest.push(...(await waitForRest(arena, this.campaignId, this.log)));
    await this.client.close();
    this.history.close();

    this.log('Checking …');
    const { databaseUrl, redisUrl, bankLogFile } = arena;
    const verdict = await checkRun({
      campaignId: this.campaignId,
      databaseUrl,
      redisUrl,
      history: this.historyFile,
      bankLog: bankLogFile,
      faults: this.faultsFile,
    });
    const further = [
      ...unrest.map((found) => `P8 everything comes to rest: ${found}`),
      ...this.complaints.all.map((complaint) => `API: ${complaint}`),
    ];
    return reportOn(plan, verdict, further, arena.unbidden);
  }

  private async rest(): Promise<string[]> {
    const { arena, campaignId, plan } = this;
    const unrest = await waitForRest(arena, campaignId, this.log);
    if (plan.provider === 'ledger' || unrest.length > 0) return unrest;
    const [apiUrl = ''] = arena.apiUrls;
    const refused = await redeliverReversals(arena.bank, apiUrl);
    if (refused > 0) unrest.push(`${refused} webhooks were refused although no fault was active`);
    return [...unrest, ...(await waitForRest(arena, campaignId, this.log))];
  }

  private get historyFile(): string {
    return join(this.folder, 'history.jsonl');
  }

  private get faultsFile(): string {
    return join(this.folder, 'faults.json');
  }
}
