import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { LRUCache } from 'lru-cache';
import type { DataSource } from 'typeorm';
import { Failpoints } from '../../platform/failpoints/failpoints.js';
import type { GateTerms } from './gate-answers.js';
import { noteRevision } from './gate.store.js';
import { SlotService } from './slot.service.js';

/** Campaigns at most. What was evicted is recorded again, which changes nothing. */
const CAMPAIGNS_REMEMBERED = 10_000;

/**
 * Tells the gate what an operator changed, and records at which arrival number it took that: from the next number on it
 * is in force. The gate keeps the number, so a process that dies in between loses nothing.
 */
@Injectable()
export class TermsAnnouncement {
  /** Campaign -> its latest revision of which this process knows that it is on record. */
  private readonly recorded = new LRUCache<string, string>({ max: CAMPAIGNS_REMEMBERED });

  constructor(
    @InjectDataSource() private readonly source: DataSource,
    private readonly slots: SlotService,
    private readonly failpoints: Failpoints,
  ) {}

  /** Safe to repeat. @throws the drivers' errors when Redis or Postgres can't be asked */
  async tell(campaignId: string, terms: GateTerms): Promise<void> {
    const taken = await this.slots.announce(campaignId, terms);
    if (!taken || this.recorded.get(campaignId) === taken.revision) return;
    this.failpoints.reach('revision.taken');
    await noteRevision(this.source, campaignId, taken);
    this.recorded.set(campaignId, taken.revision);
  }
}
