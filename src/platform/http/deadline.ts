import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Environment } from '../config/environment.js';
import { unavailable } from '../problems/problem.js';

/** How often overdue requests are looked for. */
const SWEEP_MS = 50;

interface Waiting {
  readonly until: number;
  readonly giveUp: () => void;
}

/**
 * Limits the wait for an answer to REQUEST_DEADLINE_MS. The limit is the same for all requests, so they expire in the
 * order in which they began, and one periodic sweep serves them all. A timer per request would cost more than the rest
 * of its bookkeeping.
 */
@Injectable()
export class Deadline implements OnApplicationShutdown {
  /** In the order in which they began. */
  private readonly waiting = new Set<Waiting>();
  private sweeper: NodeJS.Timeout | undefined;

  constructor(private readonly environment: Environment) {}

  /**
   * After the deadline the work itself goes on; asking again finds its result.
   * @throws Problem 503, up to 50 ms late, when `answer` takes longer than REQUEST_DEADLINE_MS
   */
  within<T>(answer: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        until: performance.now() + this.environment.REQUEST_DEADLINE_MS,
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

  onApplicationShutdown(): void {
    clearInterval(this.sweeper);
  }

  private sweep(): void {
    const now = performance.now();
    for (const waiting of this.waiting) {
      if (waiting.until > now) return;
      this.waiting.delete(waiting);
      waiting.giveUp();
    }
    clearInterval(this.sweeper);
    this.sweeper = undefined;
  }
}
