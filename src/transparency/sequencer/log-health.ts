import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { Gauge } from 'prom-client';
import type { DataSource } from 'typeorm';
import { Metrics } from '../../platform/metrics/metrics.js';
import { READS } from '../../platform/postgres/reads.js';
import { rows } from '../../platform/postgres/rows.js';
import { LogKeys } from '../log/log-keys.js';
import type { Checkpointer } from '../log/checkpointer.js';

/**
 * How the log is, for metrics. Lag and witnesses are known to the process that writes the log, and others say nothing
 * of them.
 */
@Injectable()
export class LogHealth {
  /** Whether the database does not continue the log that was signed. */
  isSetBack = false;
  private checkpointer: Checkpointer | null = null;
  /** When the published log had everything, by `performance.now()`. */
  private wholeAt = 0;

  constructor(
    @InjectDataSource(READS) private readonly source: DataSource,
    { registry }: Metrics,
    keys: LogKeys,
  ) {
    new Gauge({
      name: 'seonchak_proof_lag_seconds',
      help: 'How long ago the published log had everything that was committed. Only of the process that writes it.',
      registers: [registry],
      collect: fill(() => (this.checkpointer ? this.wholeMsAgo / 1_000 : null)),
    });
    new Gauge({
      name: 'seonchak_proof_witness_age_seconds',
      help: 'How long ago a witness cosigned. Only of the process that writes the log, once one did.',
      registers: [registry],
      collect: fill(() => {
        const age = this.checkpointer?.cosignedMsAgo ?? null;
        return age === null ? null : age / 1_000;
      }),
    });
    new Gauge({
      name: 'seonchak_proof_log_size',
      help: 'Leaves of the log of a fair order.',
      registers: [registry],
      collect: fill(() => this.read(`SELECT size::float8 AS value FROM log_state`)),
    });
    new Gauge({
      name: 'seonchak_proof_stopped_campaigns',
      help: 'Campaigns whose log was stopped, because what the database holds cannot be justified.',
      registers: [registry],
      collect: fill(() =>
        this.read(`SELECT count(*)::float8 AS value FROM log_campaigns WHERE standing = 'stopped'`),
      ),
    });
    if (keys.signer)
      new Gauge({
        name: 'seonchak_proof_silent_seconds',
        help: 'How long ago a process told that it writes the log, by Postgres. No sample: never.',
        registers: [registry],
        collect: fill(() => this.read(SILENT)),
      });
    new Gauge({
      name: 'seonchak_proof_set_back',
      help: '1 while the database does not continue the log that was signed: nothing is signed.',
      registers: [registry],
      collect: fill(() => (this.isSetBack ? 1 : 0)),
    });
  }

  /** How long ago the published log had everything, in ms; of the process that writes it. */
  get wholeMsAgo(): number {
    return performance.now() - this.wholeAt;
  }

  /** Whether this process writes the log. */
  get isWriting(): boolean {
    return this.checkpointer !== null;
  }

  /** From now on this process writes the log. */
  begin(checkpointer: Checkpointer): void {
    this.checkpointer = checkpointer;
    this.wholeAt = performance.now();
  }

  /** It does no more. */
  end(): void {
    this.checkpointer = null;
  }

  /** The published log has everything. */
  noteWhole(): void {
    this.wholeAt = performance.now();
  }

  private async read(sql: string): Promise<number | null> {
    const [found] = await rows<{ value: number }>(this.source, sql);
    return found?.value ?? null;
  }
}

/** A writer tells every five seconds; a time that is still to come is from before Postgres' clock was set back. */
const SILENT = `SELECT abs(extract(epoch FROM clock_timestamp() - told_at))::float8 AS value FROM log_state`;

/** Sets a gauge at each scrape, and leaves it out when there is nothing to say. */
function fill(read: () => number | null | Promise<number | null>): (this: Gauge) => Promise<void> {
  return async function (this: Gauge): Promise<void> {
    this.reset();
    this.remove();
    const value = await Promise.resolve(read()).catch(() => null); // readiness reports an outage
    if (value !== null) this.set(value);
  };
}
