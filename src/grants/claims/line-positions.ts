import { Injectable } from '@nestjs/common';
import { STALE_EPOCH } from '../slots/gate-answers.js';
import { SlotService } from '../slots/slot.service.js';
import { isRedisFailure } from '../../platform/redis/redis-failure.js';

const NOBODY: ReadonlyMap<string, number> = new Map();

/** A gate that could not be asked is left alone for so long: a status read must not wait for it each time. */
const PAUSE_MS = 1_000;

/**
 * Where people stand in the line. Only the gate can tell that without counting everybody ahead, so while it can't be asked, or is
 * being rebuilt, nobody is told: a place in the line is worth knowing, and not worth waiting for.
 */
@Injectable()
export class LinePositions {
  private askAgainAt = 0;

  constructor(private readonly slots: SlotService) {}

  /** @param epoch the one that the campaign has in Postgres. Who is missing in the answer is not in the line, or it is not known. */
  async of(
    campaignId: string,
    epoch: string,
    userIds: readonly string[],
  ): Promise<ReadonlyMap<string, number>> {
    if (userIds.length === 0 || performance.now() < this.askAgainAt) return NOBODY;
    try {
      const positions = await this.slots.positions(campaignId, epoch, userIds);
      return positions === STALE_EPOCH ? NOBODY : positions;
    } catch (error) {
      if (!isRedisFailure(error)) throw error;
      this.askAgainAt = performance.now() + PAUSE_MS;
      return NOBODY;
    }
  }
}
