import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { Pool } from 'pg';
import { Gauge } from 'prom-client';
import type { DataSource } from 'typeorm';
import { Metrics } from '../metrics/metrics.js';
import { READS } from './reads.js';

const SAMPLE_MS = 1_000;

/**
 * Shows how the connections of this process are used, and how many statements wait for one. Looks once a second rather
 * than at a scrape, whose own statements wait for connections at that moment.
 */
@Injectable()
export class PoolGauge implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly pools: Readonly<Record<string, Pool>>;
  private readonly gauge: Gauge<'pool' | 'state'>;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @InjectDataSource() claims: DataSource,
    @InjectDataSource(READS) reads: DataSource,
    { registry }: Metrics,
  ) {
    this.pools = { claims: poolOf(claims), reads: poolOf(reads) };
    this.gauge = new Gauge({
      name: 'seonchak_postgres_pool',
      help: 'Connections to Postgres by pool (claims, reads) and state: used, idle; waiting counts statements without one.',
      labelNames: ['pool', 'state'],
      registers: [registry],
    });
  }

  onApplicationBootstrap(): void {
    this.sample();
    this.timer = setInterval(() => this.sample(), SAMPLE_MS);
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private sample(): void {
    for (const [pool, { totalCount, idleCount, waitingCount }] of Object.entries(this.pools)) {
      this.gauge.set({ pool, state: 'used' }, totalCount - idleCount);
      this.gauge.set({ pool, state: 'idle' }, idleCount);
      this.gauge.set({ pool, state: 'waiting' }, waitingCount);
    }
  }
}

/** The driver's pool, which TypeORM does not type. */
function poolOf(source: DataSource): Pool {
  return (source.driver as unknown as { readonly master: Pool }).master;
}
