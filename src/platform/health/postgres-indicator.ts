import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { NoSessionError, TakesNoWritesError } from '../postgres/postgres-failure.js';
import { rows } from '../postgres/rows.js';

const TIMEOUT_MS = 1_000;

const ASK = `SELECT pg_is_in_recovery() AS "inRecovery", current_setting('transaction_read_only') = 'on' AS "isReadOnly"`;

/** Whether Postgres answers and accepts writes: a standby or a demoted primary answers, too. */
@Injectable()
export class PostgresIndicator {
  private asked: Promise<string | null> | undefined;

  constructor(
    private readonly indicators: HealthIndicatorService,
    @InjectDataSource() private readonly source: DataSource,
  ) {}

  /** At most one query is in flight, so that probes of a silent server cannot exhaust the pool. */
  async check(): Promise<HealthIndicatorResult> {
    this.asked ??= this.complaint().finally(() => (this.asked = undefined));
    const complaint = await Promise.race([
      this.asked,
      sleep(TIMEOUT_MS, 'no answer in time', { ref: false }),
    ]);
    const indicator = this.indicators.check('postgres');
    return complaint === null ? indicator.up() : indicator.down({ message: complaint });
  }

  private async complaint(): Promise<string | null> {
    try {
      const [server] = await rows<{ inRecovery: boolean; isReadOnly: boolean }>(this.source, ASK);
      if (server?.inRecovery) return 'the server is in recovery';
      return server?.isReadOnly ? 'the server is read-only' : null;
    } catch (error) {
      const isReadOnly = error instanceof NoSessionError && error.cause instanceof TakesNoWritesError;
      return isReadOnly ? error.message : 'out of reach'; // other error messages are not public
    }
  }
}
