import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { setTimeout as sleep } from 'node:timers/promises';
import { Gauge, type Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import { Metrics } from '../metrics/metrics.js';
import { rows } from '../postgres/rows.js';
import { REQUEST_REDIS, type RequestRedis } from '../redis/request-redis.js';

const TIMEOUT_MS = 1_000;

/** How long Postgres and Redis take to answer the plainest question, over the connections of claims. */
@Injectable()
export class ProbeGauges {
  constructor(
    @InjectDataSource() source: DataSource,
    @Inject(REQUEST_REDIS) redis: RequestRedis,
    { registry }: Metrics,
  ) {
    showProbe(registry, 'seonchak_postgres_probe_seconds', 'Postgres', () => rows(source, 'SELECT 1'));
    showProbe(registry, 'seonchak_redis_probe_seconds', 'Redis', () => redis.ping());
  }
}

/** At most one question is in flight, so that scrapes of a silent server cannot exhaust the pool. */
function showProbe(registry: Registry, name: string, server: string, ask: () => Promise<unknown>): void {
  let asked: Promise<number> | undefined;
  new Gauge({
    name,
    help: `Time that ${server} took to answer this scrape, in seconds, the wait for a connection included. NaN: no answer in a second.`,
    registers: [registry],
    async collect() {
      asked ??= secondsOf(ask).finally(() => (asked = undefined));
      this.set(await Promise.race([asked, sleep(TIMEOUT_MS, NaN, { ref: false })]));
    },
  });
}

/** NaN when it fails. */
async function secondsOf(ask: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  return ask().then(
    () => (performance.now() - startedAt) / 1_000,
    () => NaN,
  );
}
