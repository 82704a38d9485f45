import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DatabaseError } from 'pg';
import { type DataSource, QueryFailedError } from 'typeorm';
import { SlotService } from '../../grants/slots/slot.service.js';
import { EventLog } from '../../platform/logging/event-log.js';
import { type Counts, countsByKind, latenciesOf, sumOf } from '../../platform/metrics/recent-counts.js';
import { NoSessionError } from '../../platform/postgres/postgres-failure.js';
import { READS } from '../../platform/postgres/reads.js';
import { rows } from '../../platform/postgres/rows.js';
import { ServiceClock } from '../../grants/clock/service-clock.js';
import { SERIES_STEP_MS } from './series-step.js';

/** Steps that wait to be written while Postgres is away: five minutes. Older ones are given up. */
const MOST_WAITING = 30;

/** Gates asked at once. */
const GATES_AT_ONCE = 50;

/**
 * Keeps what happened, in steps of SERIES_STEP_MS, so that a rush can be looked at afterwards. Each instance adds its
 * own counts to the row of a campaign's step, one statement a step for all campaigns. Nothing is written of a step in
 * which nothing was counted.
 */
@Injectable()
export class SeriesWriter {
  private readonly log = new EventLog(SeriesWriter.name);
  /** The beginning of a step (ms) -> what was counted in it, by campaign; in order. */
  private readonly steps = new Map<number, Map<string, Counts>>();
  private isFailing = false;

  constructor(
    // Not the pool of claims: they do not wait for this.
    @InjectDataSource(READS) private readonly source: DataSource,
    private readonly slots: SlotService,
    private readonly clock: ServiceClock,
  ) {}

  /** Adds to the current step. What comes while the time is not known is not kept. */
  add(counted: ReadonlyMap<string, Counts>): void {
    const now = this.clock.nowIfKnown();
    if (counted.size === 0 || now === null) return;
    const at = now - (now % SERIES_STEP_MS);
    const step = this.steps.get(at) ?? new Map<string, Counts>();
    this.steps.set(at, step);
    for (const [campaignId, counts] of counted) {
      const before = step.get(campaignId);
      step.set(campaignId, before ? sumOf([before, counts]) : counts);
    }
    const [oldest] = this.steps.keys();
    if (this.steps.size > MOST_WAITING && oldest !== undefined) this.steps.delete(oldest);
  }

  /** Writes the steps that are over. Never fails: what can't be written waits, unless it may be there already. */
  async writeOver(): Promise<void> {
    const now = this.clock.nowIfKnown();
    if (now !== null) await this.write((at) => at + SERIES_STEP_MS <= now);
  }

  /** Writes the step that is not over, too: the process ends. Never fails. */
  async writeAll(): Promise<void> {
    await this.write(() => true);
  }

  private async write(isWanted: (at: number) => boolean): Promise<void> {
    try {
      for (const [at, step] of this.steps) {
        if (!isWanted(at)) continue;
        const items = await this.rowsOf(at, step);
        await this.addRows(at, items);
        this.isFailing = false;
      }
    } catch (error) {
      if (!this.isFailing) this.log.write('series-not-written', { cause: String(error) });
      this.isFailing = true;
    }
  }

  private async addRows(at: number, items: readonly SeriesRow[]): Promise<void> {
    try {
      await rows(this.source, ADD, [JSON.stringify(items)]);
    } catch (error) {
      // Added twice, counts would be wrong for good and look right: a step that is missing is seen.
      if (mayBeWritten(error)) this.steps.delete(at);
      throw error;
    }
    this.steps.delete(at);
  }

  /** With what the gates count now: the state at the end of the step, a second later at most. */
  private async rowsOf(at: number, step: ReadonlyMap<string, Counts>): Promise<SeriesRow[]> {
    const left = [...step];
    const items: SeriesRow[] = [];
    const lane = async (): Promise<void> => {
      for (let next = left.shift(); next; next = left.shift()) {
        const [campaignId, counts] = next;
        const gate = await this.slots.counts(campaignId).catch(() => null);
        items.push({
          ...{ campaignId, at: new Date(at).toISOString(), ...countsByKind(counts) },
          ...{ available: gate?.available, processing: gate?.processing },
          ...{ settled: gate?.settled, waiting: gate?.waiting, latencies: latenciesOf(counts) },
        });
      }
    };
    await Promise.all(Array.from({ length: GATES_AT_ONCE }, lane));
    return items;
  }
}

/** Postgres' own error, or none to ask, says that nothing was written; a connection that broke says nothing. */
function mayBeWritten(thrown: unknown): boolean {
  const error: unknown = thrown instanceof QueryFailedError ? thrown.driverError : thrown;
  return !(error instanceof DatabaseError || error instanceof NoSessionError);
}

interface SeriesRow extends ReturnType<typeof countsByKind> {
  readonly campaignId: string;
  readonly at: string;
  readonly available: number | undefined;
  readonly processing: number | undefined;
  readonly settled: number | undefined;
  readonly waiting: number | undefined;
  readonly latencies: readonly number[];
}

/**
 * $1 rows as JSON. In order of keys, because instances add to the same rows at the same time. Nothing is added to a
 * campaign that is archived: its rows may be gone.
 */
const ADD = `
  INSERT INTO campaign_series AS there
         (campaign_id, at, accepted, waitlisted, sold_out, refused, unavailable, paid,
          available, processing, settled, waiting, latencies)
  SELECT campaigns.id, step.at, step.accepted, step.waitlisted, step."soldOut", step.refused, step.unavailable, step.paid,
         step.available, step.processing, step.settled, step.waiting, step.latencies
    FROM jsonb_to_recordset($1::jsonb) AS step ("campaignId" text, at timestamptz, accepted int, waitlisted int,
           "soldOut" int, refused int, unavailable int, paid int, available int, processing int, settled int, waiting int,
           latencies int[])
    JOIN campaigns ON campaigns.id = step."campaignId" AND campaigns.archived_at IS NULL
   ORDER BY campaigns.id, step.at
  ON CONFLICT (campaign_id, at) DO UPDATE
     SET accepted = there.accepted + EXCLUDED.accepted, waitlisted = there.waitlisted + EXCLUDED.waitlisted,
         sold_out = there.sold_out + EXCLUDED.sold_out, refused = there.refused + EXCLUDED.refused,
         unavailable = there.unavailable + EXCLUDED.unavailable, paid = there.paid + EXCLUDED.paid,
         available = COALESCE(EXCLUDED.available, there.available),
         processing = COALESCE(EXCLUDED.processing, there.processing),
         settled = COALESCE(EXCLUDED.settled, there.settled), waiting = COALESCE(EXCLUDED.waiting, there.waiting),
         latencies = ARRAY(SELECT a + b FROM unnest(there.latencies, EXCLUDED.latencies) WITH ORDINALITY AS both_of (a, b, place)
                            ORDER BY place)
  RETURNING campaign_id`;
