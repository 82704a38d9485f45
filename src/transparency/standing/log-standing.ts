import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { MicroCache } from '../../platform/http/micro-cache.js';
import { READS } from '../../platform/postgres/reads.js';
import { rows } from '../../platform/postgres/rows.js';
import { LogKeys } from '../log/log-keys.js';
import { readSeenBy, type SeenBy } from './seen-by.js';

/** A writer tells every five seconds. */
const SILENT_AFTER_MS = 30_000;
const KEPT_MS = 1_000;
/** Stopped campaigns that are named. */
const MOST_STOPPED = 100;

export const LOG_STATES = ['off', 'written', 'late', 'not-written', 'set-back'] as const;

/**
 * `off`: there is none here. `late`: later than promised. `not-written`: no process writes it. `set-back`: the database
 * does not continue what was signed, so nothing is signed.
 */
export type LogStateName = (typeof LOG_STATES)[number];

/** A campaign whose log was stopped. */
export interface StoppedCampaign {
  readonly campaignId: string;
  /** When, by the leaf that says so. */
  readonly stoppedAt: Date;
  /** Whether nothing more comes of the campaign. */
  readonly isFinished: boolean;
}

/** How the public log is, by what its writer told last. */
export interface LogStanding {
  readonly state: LogStateName;
  /** When this was read, by Postgres' clock. */
  readonly asOf: Date;
  readonly origin: string | null;
  /** Leaves that are committed. */
  readonly size: number;
  /** Leaves under the newest checkpoint, and when it was published; null before the first. */
  readonly publishedSize: number;
  readonly publishedAt: Date | null;
  /** When the writer told, and when the published log then had everything. */
  readonly toldAt: Date | null;
  readonly wholeAt: Date | null;
  /** Within which a claim is promised to be in the log, in ms; null before the log says so. */
  readonly promiseDelayMs: number | null;
  readonly setBackAt: Date | null;
  readonly witnesses: readonly SeenBy[];
  /** At most 100, the latest first. */
  readonly stopped: readonly StoppedCampaign[];
}

interface Row extends Omit<LogStanding, 'state' | 'origin' | 'witnesses' | 'stopped'> {
  readonly checkpoint: string | null;
  /** When the log last said what it is, by its own leaf; null before that. */
  readonly begunAt: Date | null;
}

/** How the public log is, for operators. Read once a second at most, however many look. */
@Injectable()
export class LogStandings {
  private readonly cache = new MicroCache<LogStanding>({
    ...{ ttlMs: KEPT_MS, most: 1, mostLoads: 1 },
    load: () => this.load(),
  });

  constructor(
    @InjectDataSource(READS) private readonly source: DataSource,
    private readonly keys: LogKeys,
  ) {}

  read(): Promise<LogStanding> {
    return this.cache.get('');
  }

  private async load(): Promise<LogStanding> {
    const [[row], stopped, witnesses] = await Promise.all([
      rows<Row>(this.source, STATE),
      rows<StoppedCampaign>(this.source, STOPPED, [MOST_STOPPED]),
      readSeenBy(this.source, this.keys.witnesses),
    ]);
    if (!row) throw new Error('The row of log_state is missing.');
    const { checkpoint, begunAt, ...figures } = row;
    const origin = this.keys.verifier?.name ?? null;
    const state = origin === null ? 'off' : stateOf(figures, checkpoint !== null, begunAt);
    return { state, origin, ...figures, witnesses, stopped };
  }
}

/**
 * @param isPublished whether there is a checkpoint: a release before this one tells nothing, and may be writing
 * @param begunAt when the log said what it is: it has been late since then if it never was whole
 */
function stateOf(
  { asOf, toldAt, wholeAt, setBackAt, promiseDelayMs }: Omit<Row, 'checkpoint' | 'begunAt'>,
  isPublished: boolean,
  begunAt: Date | null,
): LogStateName {
  if (setBackAt) return 'set-back';
  if (!toldAt) return isPublished ? 'written' : 'not-written';
  // A time that is still to come is from before Postgres' clock was set back (R27).
  if (Math.abs(asOf.getTime() - toldAt.getTime()) > SILENT_AFTER_MS) return 'not-written';
  const since = wholeAt ?? begunAt;
  const lagMs = since ? toldAt.getTime() - since.getTime() : 0;
  return promiseDelayMs !== null && lagMs > promiseDelayMs ? 'late' : 'written';
}

const STATE = `
  SELECT now() AS "asOf", size::float8 AS size, checkpoint, checkpoint_size::float8 AS "publishedSize",
         checkpoint_at AS "publishedAt", told_at AS "toldAt", whole_at AS "wholeAt", set_back_at AS "setBackAt",
         split_part(log_leaf, ' ', 4)::float8 AS "promiseDelayMs",
         to_timestamp(split_part(log_leaf, ' ', 5)::float8 / 1000) AS "begunAt"
    FROM log_state`;

/** $1 how many. The last leaf of such a campaign ends with the time. */
const STOPPED = `
  SELECT stopped.campaign_id AS "campaignId",
         to_timestamp(split_part(reason.leaf, ' ', 5)::float8 / 1000) AS "stoppedAt",
         campaign.id IS NULL OR campaign.finished_at IS NOT NULL AS "isFinished"
    FROM log_campaigns AS stopped JOIN log_leaves AS reason ON reason.log_index = stopped.last_index
    LEFT JOIN campaigns AS campaign ON campaign.id = stopped.campaign_id
   WHERE stopped.standing = 'stopped' ORDER BY stopped.last_index DESC LIMIT $1`;
