import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { Gauge } from 'prom-client';
import type { DataSource } from 'typeorm';
import { Metrics } from '../platform/metrics/metrics.js';
import { READS } from '../platform/postgres/reads.js';
import { rows } from '../platform/postgres/rows.js';
import { IS_AHEAD } from './change-feed.js';

/** How long changes have waited for each reader, read at each scrape: a reader that is gone keeps them for ever. */
@Injectable()
export class UnreadGauge {
  constructor(@InjectDataSource(READS) source: DataSource, { registry }: Metrics) {
    new Gauge({
      name: 'seonchak_changes_unread_seconds',
      help: 'How long the oldest change has waited for this reader of the feed.',
      labelNames: ['reader'],
      registers: [registry],
      async collect() {
        this.reset();
        const found = await rows<{ reader: string; seconds: number }>(source, OLDEST_UNREAD).catch(() => []);
        for (const { reader, seconds } of found) this.set({ reader }, seconds); // readiness reports an outage
      },
    });
  }
}

/** A look-up in an index for each reader. One that is ahead of this server reads nothing. */
const OLDEST_UNREAD = `
  SELECT name AS reader, extract(epoch FROM now() - oldest.at)::float8 AS seconds
    FROM (SELECT name, CASE WHEN ${IS_AHEAD} THEN '0' ELSE xid END AS xid, id FROM change_readers ORDER BY name LIMIT 20) AS reader
   CROSS JOIN LATERAL (SELECT at FROM changes WHERE (changes.xid, changes.id) > (reader.xid, reader.id)
                        ORDER BY changes.xid, changes.id LIMIT 1) AS oldest`;
