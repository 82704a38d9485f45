import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { Gauge } from 'prom-client';
import type { DataSource } from 'typeorm';
import { Metrics } from '../../platform/metrics/metrics.js';
import { READS } from '../../platform/postgres/reads.js';
import { rows } from '../../platform/postgres/rows.js';
import { LogKeys } from '../log/log-keys.js';

/**
 * How the log is, for metrics, and whether this process writes it. All gauges say what Postgres holds, and so each
 * worker says the same, also while no process writes the log.
 */
@Injectable()
export class LogHealth {
  private writes = false;
  /** When the published log had everything, by `performance.now()`; null as long as this writer never saw it so. */
  private wholeAt: number | null = null;

  constructor(
    @InjectDataSource(READS) private readonly source: DataSource,
    private readonly metrics: Metrics,
    { signer, witnesses }: LogKeys,
  ) {
    this.gauge('seonchak_proof_log_size', 'Leaves of the log of a fair order.', SIZE);
    if (!signer) return;
    this.gauge(
      'seonchak_proof_lag_seconds',
      'How long ago the published log had everything that was committed.',
      LAG,
    );
    this.gauge(
      'seonchak_proof_silent_seconds',
      'How long ago a process told that it writes the log, by Postgres. No sample: never.',
      SILENT,
    );
    this.gauge(
      'seonchak_proof_stopped_campaigns',
      'Campaigns under way whose log was stopped, because what the database holds cannot be justified.',
      STOPPED,
    );
    this.gauge(
      'seonchak_proof_set_back',
      '1 while the database does not continue the log that was signed: nothing is signed.',
      SET_BACK,
    );
    if (witnesses.length > 0)
      this.gauge(
        'seonchak_proof_witness_age_seconds',
        'How long ago enough witnesses cosigned.',
        WITNESS_AGE,
      );
  }

  /** How long ago the published log had everything, in ms; null until this process, which writes it, found it so. */
  get wholeMsAgo(): number | null {
    return this.wholeAt === null ? null : performance.now() - this.wholeAt;
  }

  /** Whether this process writes the log. */
  get isWriting(): boolean {
    return this.writes;
  }

  /** From now on this process writes the log. */
  begin(): void {
    this.writes = true;
    this.wholeAt = null;
  }

  /** It does no more. */
  end(): void {
    this.writes = false;
  }

  /** The published log had everything. @param at by `performance.now()` */
  noteWhole(at: number): void {
    this.wholeAt = at;
  }

  /** A gauge that is read at each scrape, and left out when there is nothing to say. @param sql one row, one `value` */
  private gauge(name: string, help: string, sql: string): void {
    const read = async (): Promise<number | null> => {
      const [found] = await rows<{ value: number | null }>(this.source, sql);
      return found?.value ?? null;
    };
    new Gauge({
      ...{ name, help },
      registers: [this.metrics.registry],
      async collect(this: Gauge) {
        this.reset();
        this.remove();
        const value = await read().catch(() => null); // readiness reports an outage
        if (value !== null) this.set(value);
      },
    });
  }
}

const SIZE = `SELECT size::float8 AS value FROM log_state`;

/** Before anything was noted, the log has been late since it began: the last field of its own leaf says when. */
const secondsSince = (noted: string): string => `
  SELECT abs(extract(epoch FROM clock_timestamp()
               - COALESCE(${noted}, to_timestamp(split_part(log_leaf, ' ', 5)::float8 / 1000))))::float8 AS value
    FROM log_state`;

/** A writer tells every five seconds; a time that is still to come is from before Postgres' clock was set back. */
const SILENT = `SELECT abs(extract(epoch FROM clock_timestamp() - told_at))::float8 AS value FROM log_state`;

const LAG = secondsSince('whole_at');

const WITNESS_AGE = secondsSince('cosigned_at');

const STOPPED = `
  SELECT count(*)::float8 AS value
    FROM log_campaigns JOIN campaigns ON campaigns.id = log_campaigns.campaign_id
   WHERE standing = 'stopped' AND campaigns.finished_at IS NULL`;

const SET_BACK = `SELECT (set_back_at IS NOT NULL)::int::float8 AS value FROM log_state`;
