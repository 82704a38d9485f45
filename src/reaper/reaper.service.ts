import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { EventLog } from '../platform/logging/event-log.js';
import { Environment } from '../platform/config/environment.js';
import { Tracing } from '../platform/tracing/tracing.js';
import { CampaignEnd } from './campaign-end.js';
import { ClockSteps } from './clock-steps.js';
import { Closing } from './closing.js';
import { Conservation } from './conservation.js';
import { DurablePlaces } from './durable-places.js';
import { Departures } from './departures.js';
import { DuePayouts } from './due-payouts.js';
import { LatePauses } from './late-pauses.js';
import { LeaseScan } from './lease-scan.js';
import type { Found, Look, ReaperTask } from './look.js';
import { OldSeries } from './old-series.js';
import { PassingEvents } from './passing-events.js';
import { ReadChanges } from './read-changes.js';
import { Reversals } from './reversals.js';
import { RoundGauge } from './round-gauge.js';
import { Terms } from './terms.js';
import { Upkeep } from './upkeep.js';

const INTERVAL = 'reaper';

/** Campaigns taken at a time, and how many of them are looked at at once. */
const TAKEN = 40;
const AT_ONCE = 4;

/**
 * Every REAPER_INTERVAL_MS, finds what was left undone and has it completed. Several reapers share the campaigns. Each
 * task of each look is bounded and fails alone, so no campaign, and no task, keeps the others waiting.
 */
@Injectable()
export class ReaperService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new EventLog(ReaperService.name);
  /** In this order, for each campaign. */
  private readonly tasks: readonly ReaperTask[];
  private round: Promise<void> | undefined;
  private stopping = false;

  constructor(
    private readonly scheduler: SchedulerRegistry,
    private readonly closing: Closing,
    private readonly clockSteps: ClockSteps,
    private readonly passingEvents: PassingEvents,
    private readonly oldSeries: OldSeries,
    private readonly readChanges: ReadChanges,
    private readonly upkeep: Upkeep,
    private readonly campaignEnd: CampaignEnd,
    private readonly environment: Environment,
    private readonly rounds: RoundGauge,
    private readonly tracing: Tracing,
    leases: LeaseScan,
    terms: Terms,
    conservation: Conservation,
    durable: DurablePlaces,
    latePauses: LatePauses,
    duePayouts: DuePayouts,
    reversals: Reversals,
    departures: Departures,
  ) {
    this.tasks = [
      ...[leases, terms, conservation, durable],
      ...[latePauses, duePayouts, reversals, departures, campaignEnd],
    ];
  }

  onApplicationBootstrap(): void {
    const tick = (): void => {
      // While a round takes longer than the interval, no second one begins.
      this.round ??= this.runRound().finally(() => (this.round = undefined));
    };
    this.scheduler.addInterval(INTERVAL, setInterval(tick, this.environment.REAPER_INTERVAL_MS));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    this.scheduler.deleteInterval(INTERVAL);
    await this.round;
  }

  /**
   * One round over the campaigns that are due. Never fails: what could not be done is left to the next round. It ends
   * after about REAPER_INTERVAL_MS whatever is left, so that campaigns are closed in time.
   */
  async runRound(): Promise<void> {
    await this.closing.closeOverdue(performance.now() + this.environment.REAPER_INTERVAL_MS);
    await this.passingEvents.deleteOld();
    await this.oldSeries.deleteOld();
    await this.readChanges.deleteRead();
    const endsAt = performance.now() + this.environment.REAPER_INTERVAL_MS;
    try {
      await this.clockSteps.endLateRests();
      for (
        let looks = await this.upkeep.take(TAKEN);
        looks.length > 0;
        looks = await this.upkeep.take(TAKEN)
      ) {
        await this.lookAt(looks);
        if (this.stopping || performance.now() >= endsAt) break;
      }
      this.rounds.completed();
    } catch (error) {
      this.log.write('reaper-round-failed', { cause: String(error) });
    }
  }

  private async lookAt(looks: readonly Look[]): Promise<void> {
    const found = new Map<string, Found>();
    const left = [...looks];
    const lane = async (): Promise<void> => {
      for (let look = left.shift(); look && !this.stopping; look = left.shift())
        found.set(look.campaign.id, await this.reapInSpan(look));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
    await this.upkeep.putBack(found);
  }

  private reapInSpan(look: Look): Promise<Found> {
    return this.tracing.run('reaper.look', { campaign: look.campaign.id }, () => this.reap(look));
  }

  private async reap(look: Look): Promise<Found> {
    if (look.campaign.finishedAt) return this.retire(look.campaign.id);
    const found = new Set<Found>();
    for (const task of this.tasks) {
      if (this.stopping) return 'something';
      found.add(await this.performTask(task, look));
    }
    if (found.has('more')) return 'more';
    return found.has('something') ? 'something' : 'nothing';
  }

  /** R29: the last look at a finished campaign. */
  private async retire(campaignId: string): Promise<Found> {
    try {
      await this.campaignEnd.retireGate(campaignId);
      await this.upkeep.leave(campaignId);
      return 'nothing';
    } catch (error) {
      this.log.write('gate-not-retired', { campaignId, cause: String(error) });
      return 'something';
    }
  }

  private async performTask(task: ReaperTask, look: Look): Promise<Found> {
    try {
      return await this.tracing.run('reaper.task', { task: task.name }, async () => {
        const found = await task.perform(look);
        this.tracing.note({ found });
        return found;
      });
    } catch (error) {
      this.log.write('reaper-task-failed', {
        task: task.name,
        campaignId: look.campaign.id,
        cause: String(error),
      });
      return 'something';
    }
  }
}
