import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { READS } from '../postgres/reads.js';
import { rows } from '../postgres/rows.js';

/** An act as stored in the trail. */
export interface RecordedAct {
  /** Increases with each act. */
  readonly id: string;
  readonly at: Date;
  readonly actor: string;
  readonly act: string;
  readonly campaignId: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly reason: string | null;
}

const COLUMNS = `id, at, actor, act, campaign_id AS "campaignId", detail, reason`;

/** The trail of operators' acts, which nobody can change. */
@Injectable()
export class AdminActs {
  constructor(@InjectDataSource(READS) private readonly source: DataSource) {}

  /** The newest acts with an id below `before`, of one campaign or of all. */
  page(campaignId: string | undefined, before: string, limit: number): Promise<RecordedAct[]> {
    return campaignId === undefined
      ? rows(this.source, `SELECT ${COLUMNS} FROM admin_acts WHERE id < $1 ORDER BY id DESC LIMIT $2`, [
          before,
          limit,
        ])
      : rows(
          this.source,
          `SELECT ${COLUMNS} FROM admin_acts WHERE campaign_id = $3 AND id < $1 ORDER BY id DESC LIMIT $2`,
          [before, limit, campaignId],
        );
  }
}
