import { Injectable } from '@nestjs/common';
import { secondsToWait } from '../platform/problems/retry-after.js';
import type { ClaimRecord } from './claims/claim-record.js';

/** Seconds between two looks at a claim while few people look. Only a claim that can still change has any. */
const QUIET_SECONDS: Readonly<Record<'PENDING' | 'WAITING' | 'SUCCESS', number>> = {
  PENDING: 1,
  WAITING: 5, // nothing changes before somebody's payout is rejected
  SUCCESS: 3_600, // nothing changes unless the money comes back, some day
};

/** How many people may be told to come back to this process in the same second. */
const COME_BACK_A_SECOND = 500;

/** The longest wait because of load, in seconds, before it is drawn. Beyond it, claims and reads are shed instead. */
const LONGEST_SECONDS = 60;

/** Waits are drawn from [n, 2n], so no wait that is counted is longer. */
const COUNTED_SECONDS = 2 * LONGEST_SECONDS;

/**
 * Tells people whose claim can still change when to look again (Retry-After). The process counts those whom it has told
 * to come back and who are not due yet: the more there are, the later the next one is told to come, so that their
 * number a second stays bounded, with no query. The wait is drawn, so that a crowd does not return in one wave.
 */
@Injectable()
export class PollPace {
  /** How many come back, by second (modulo its length). */
  private readonly due = new Uint32Array(COUNTED_SECONDS + 1);
  private expected = 0;
  /** The latest second whose people are no longer expected. */
  private passed = 0;

  /**
   * Counts the caller as somebody who will come back.
   * @param status of a claim that is not final
   * @param second by a clock that never steps
   * @param chance in [0, 1)
   * @returns the wait in whole seconds, 1 or more
   */
  secondsFor(
    status: ClaimRecord['status'],
    second = Math.floor(performance.now() / 1_000),
    chance = Math.random(),
  ): number {
    this.forgetUntil(second);
    const quiet =
      status === 'PENDING' || status === 'WAITING' ? QUIET_SECONDS[status] : QUIET_SECONDS.SUCCESS;
    const busy = Math.min(Math.ceil(this.expected / COME_BACK_A_SECOND), LONGEST_SECONDS);
    const from = Math.max(quiet, busy);
    const seconds = secondsToWait({ from, to: 2 * from }, chance);
    if (seconds <= COUNTED_SECONDS) this.expect(second + seconds);
    return seconds;
  }

  private expect(second: number): void {
    const at = second % this.due.length;
    this.due[at] = (this.due[at] ?? 0) + 1;
    this.expected++;
  }

  private forgetUntil(second: number): void {
    const { length } = this.due;
    for (let at = Math.max(this.passed + 1, second - length + 1); at <= second; at++) {
      this.expected -= this.due[at % length] ?? 0;
      this.due[at % length] = 0;
    }
    this.passed = Math.max(this.passed, second);
  }
}
