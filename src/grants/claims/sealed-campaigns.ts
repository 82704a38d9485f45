import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { LRUCache } from 'lru-cache';
import type { DataSource } from 'typeorm';
import { READS } from '../../platform/postgres/reads.js';
import { rows } from '../../platform/postgres/rows.js';
import type { FullGate } from './sold-out-check.js';

/** A campaign that is not sealed is looked at again after so long. */
const LOOK_EVERY_MS = 1_000;
const CAMPAIGNS_REMEMBERED = 10_000;

/**
 * Which campaigns are sealed (docs/architecture.md, "Campaign"): whoever is turned away there needs not ask again. It
 * is a hint that comes with an answer which holds without it, so nobody waits for Postgres: the first to ask gets what
 * is known, and has it looked up.
 */
@Injectable()
export class SealedCampaigns {
  /**
   * The gate of each campaign that is known to be sealed. Sealing is final, but Postgres may lose it with its last
   * rows; then the campaign gets another gate (R15, R16), of which nothing is known.
   */
  private readonly sealed = new LRUCache<string, string>({ max: CAMPAIGNS_REMEMBERED });
  private readonly lookedAt = new LRUCache<string, true>({ max: CAMPAIGNS_REMEMBERED, ttl: LOOK_EVERY_MS });

  constructor(@InjectDataSource(READS) private readonly source: DataSource) {}

  /** A second late at most; false when it is not known. */
  has({ campaignId, gate }: Pick<FullGate, 'campaignId' | 'gate'>): boolean {
    if (this.sealed.get(campaignId) === gate) return true;
    if (!this.lookedAt.has(campaignId)) {
      this.lookedAt.set(campaignId, true);
      void this.look(campaignId, gate).catch(() => undefined); // the next second looks again
    }
    return false;
  }

  private async look(campaignId: string, gate: string): Promise<void> {
    const found = await rows(this.source, `SELECT FROM campaigns WHERE id = $1 AND sealed_at IS NOT NULL`, [
      campaignId,
    ]);
    if (found.length > 0) this.sealed.set(campaignId, gate);
  }
}
