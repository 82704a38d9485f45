import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Environment } from '../config/environment.js';
import { unavailable } from '../problems/problem.js';

/** How often it is looked who waits too long. */
const SWEEP_MS = 50;

/** Of the deadline. Who comes when somebody has waited for that long already would hardly be answered in time. */
const SHARE_BEFORE_SHEDDING = 0.5;

interface Waiting {
  readonly since: number;
  readonly giveUp: () => void;
}

/**
 * Bounds how long somebody waits for an answer: REQUEST_DEADLINE_MS, the same for all, so who began first is over first, and
 * one look now and then serves everybody. A timer a request would cost more than the rest of its bookkeeping.
 */
@Injectable()
export class Deadline implements OnApplicationShutdown {
  /** In the order in which they began. */
  private readonly waiting = new Set<Waiting>();
  private sweeper: NodeJS.Timeout | undefined;
  private behind = false;

  constructor(private readonly environment: Environment) {}

  /**
   * What was begun goes on when nobody waits for it any more; asking again finds it.
   * @throws Problem 503 when `answer` is not there within REQUEST_DEADLINE_MS, and up to 50 ms more
   */
  within<T>(answer: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        since: performance.now(),
        giveUp: () => reject(unavailable('No answer within the deadline.')),
      };
      this.waiting.add(waiting);
      this.sweeper ??= setInterval(() => this.sweep(), SWEEP_MS);
      answer.then(
        (value) => {
          this.waiting.delete(waiting);
          resolve(value);
        },
        (error: unknown) => {
          this.waiting.delete(waiting);
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      );
    });
  }

  /**
   * Whether somebody has waited for half the deadline. Until they are answered, or told that they will not be, it serves
   * everybody better not to begin anything else: overload is told by waiting, whatever it is that is slow.
   */
  get isBehind(): boolean {
    return this.behind;
  }

  onApplicationShutdown(): void {
    clearInterval(this.sweeper);
  }

  private sweep(): void {
    const now = performance.now();
    const { REQUEST_DEADLINE_MS } = this.environment;
    for (const waiting of this.waiting) {
      const waited = now - waiting.since;
      if (waited < REQUEST_DEADLINE_MS) {
        this.behind = waited > SHARE_BEFORE_SHEDDING * REQUEST_DEADLINE_MS;
        return;
      }
      this.waiting.delete(waiting);
      waiting.giveUp();
    }
    this.behind = false;
    clearInterval(this.sweeper);
    this.sweeper = undefined;
  }
}
