import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { Environment } from '../platform/config/environment.js';
import { Leaving } from '../grants/claims/leaving.js';
import { rows } from '../platform/postgres/rows.js';
import type { Found, Look, ReaperTask } from './look.js';

/** Tells the gate of people who left the line (R25), if the request that recorded it could not. */
@Injectable()
export class Departures implements ReaperTask {
  readonly name = 'departures';

  constructor(
    @InjectDataSource() private readonly source: DataSource,
    private readonly leaving: Leaving,
    private readonly environment: Environment,
  ) {}

  async perform({ campaign: { id: campaignId } }: Look): Promise<Found> {
    const untold = await rows<{ userId: string }>(
      this.source,
      `SELECT user_id AS "userId" FROM waiting_entries
        WHERE campaign_id = $1 AND left_at IS NOT NULL AND gate_told_at IS NULL LIMIT $2`,
      [campaignId, this.environment.REAPER_BATCH_SIZE],
    );
    await this.leaving.tellGate(
      campaignId,
      untold.map(({ userId }) => userId),
    );
    return untold.length > 0 ? 'something' : 'nothing';
  }
}
