import { Injectable } from '@nestjs/common';
import { EventLog } from '../logging/event-log.js';
import { lacksSchema } from '../postgres/postgres-failure.js';
import type { Problem } from '../problems/problem.js';

const OUTAGE_REPORT_INTERVAL_MS = 1_000;

/** Logs why requests fail with a 5xx status. */
@Injectable()
export class FailureLog {
  private readonly log = new EventLog('Failure');
  private lastOutageReport = -Infinity;
  private lastSchemaReport = -Infinity;

  /**
   * While a server is out of reach every request fails with 503, so these are logged once a second at most. What the
   * schema lacks is logged apart from them, with its SQLSTATE and stack, since it may also be a bug of ours.
   * @param thrown the error that `problem` was made from
   */
  report(problem: Problem, thrown: unknown, requestId: string): void {
    if (problem.status < 500) return;
    if (problem.status !== 503) {
      this.log.write('request-failed', { requestId, err: thrown });
      return;
    }
    const now = performance.now();
    const { cause } = problem.details;
    if (lacksSchema(cause)) {
      if (now - this.lastSchemaReport < OUTAGE_REPORT_INTERVAL_MS) return;
      this.lastSchemaReport = now;
      this.log.write('schema-incomplete', { requestId, err: cause });
      return;
    }
    if (now - this.lastOutageReport < OUTAGE_REPORT_INTERVAL_MS) return;
    this.lastOutageReport = now;
    this.log.write('request-unavailable', {
      problem: problem.message,
      requestId,
      cause: cause instanceof Error ? cause.message : undefined,
    });
  }
}
