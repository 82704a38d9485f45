import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { quantile } from '../../platform/metrics/latency-buckets.js';
import { READS } from '../../platform/postgres/reads.js';
import { rows } from '../../platform/postgres/rows.js';
import type { SeriesItem } from './series.dto.js';

type Row = Omit<SeriesItem, 'p99Ms'> & { readonly latencies: readonly number[] };

/** What happened in a campaign, as `SeriesWriter` has kept it. */
@Injectable()
export class SeriesReport {
  constructor(@InjectDataSource(READS) private readonly source: DataSource) {}

  /**
   * The first `limit` steps that began at `from` or later, and before `to`. Costs a page.
   * @param from null for the first step that is kept; @param to null for no end
   */
  async page(campaignId: string, from: Date | null, to: Date | null, limit: number): Promise<SeriesItem[]> {
    const found = await rows<Row>(this.source, PAGE, [campaignId, from, to, limit]);
    return found.map(({ latencies, ...step }) => ({ ...step, p99Ms: quantile(latencies, 0.99) }));
  }
}

/** $1 campaign, $2 from, $3 before (each null for any), $4 how many. */
const PAGE = `
  SELECT at, accepted, waitlisted, sold_out AS "soldOut", refused, unavailable, paid,
         available, processing, settled, waiting, latencies
    FROM campaign_series
   WHERE campaign_id = $1 AND at >= COALESCE($2::timestamptz, '-infinity') AND at < COALESCE($3::timestamptz, 'infinity') ORDER BY at LIMIT $4`;
