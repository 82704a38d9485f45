import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { Gauge } from 'prom-client';
import type { DataSource } from 'typeorm';
import { Deadline } from '../../platform/http/deadline.js';
import { Metrics } from '../../platform/metrics/metrics.js';
import { READS } from '../../platform/postgres/reads.js';
import { rows } from '../../platform/postgres/rows.js';

/**
 * Shows whether a reaper works, by Postgres' clock and at the cost of one index look-up. Without a reaper the number
 * grows: lost rings are not repeated, expired leases stay, and a "sold out" that waits for one of them stays a 503.
 */
@Injectable()
export class UpkeepGauge {
  constructor(@InjectDataSource(READS) source: DataSource, deadline: Deadline, { registry }: Metrics) {
    new Gauge({
      name: 'seonchak_upkeep_overdue_seconds',
      help: 'How long the most overdue campaign has waited for a reaper. Grows while no reaper runs. NaN if Postgres is unreachable.',
      registers: [registry],
      async collect() {
        this.set(await deadline.within(readOverdue(source)).catch(() => NaN)); // readiness reports it
      },
    });
  }
}

async function readOverdue(source: DataSource): Promise<number> {
  const [found] = await rows<{ seconds: number }>(
    source,
    `SELECT greatest(extract(epoch FROM now() - min(next_look_at)), 0)::float8 AS seconds FROM campaign_upkeep`,
  );
  return found?.seconds ?? NaN;
}
