import { Injectable } from '@nestjs/common';
import { STALE_EPOCH } from '../slots/gate-answers.js';
import { SlotService } from '../slots/slot.service.js';
import { isRedisFailure } from '../../platform/redis/redis-failure.js';

const NOBODY: ReadonlyMap<string, number> = new Map();

/** How long a gate that could not be asked is left alone, so that status reads do not wait for it each time. */
const PAUSE_MS = 1_000;

/**
 * The positions of users in the line. Only the gate can tell them without counting everybody ahead. While it can't be
 * asked, or is being rebuilt, positions are left out: they are worth knowing, but not worth waiting for.
 */
@Injectable()
export class LinePositions {
  private askAgainAt = 0;

  constructor(private readonly slots: SlotService) {}

  /**
   * @param epoch the one that the campaign has in Postgres
   * @returns positions by user; a user who is missing is not in the line, or the position is not known
   */
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
