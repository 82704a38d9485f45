import type { Agent } from 'undici';
import type { DataSource } from 'typeorm';
import type { Failpoints } from '../../platform/failpoints/failpoints.js';
import { EventLog } from '../../platform/logging/event-log.js';
import type { Metrics } from '../../platform/metrics/metrics.js';
import type { Tracing } from '../../platform/tracing/tracing.js';
import {
  type DueEndpoint,
  type DueEvent,
  endpointsWithWork,
  readDueEndpoint,
  readDueEvents,
} from './due-events.js';
import { type Recorded, recordSent, type RetryTerms } from './record-sent.js';
import { sendInOrder } from './send-in-order.js';
import { callReceiver, type Outcome } from './webhook-call.js';

/** New events that are sent to one endpoint before that is recorded, and as many again. One that fails is sent one. */
const BATCH = 32;

export interface SenderTerms extends RetryTerms {
  /** Of one call (ms). */
  readonly timeoutMs: number;
}

/**
 * Sends what is due, to each endpoint on its own: one that is slow or down delays no other. Memory: a batch for each
 * endpoint. No transaction is open during a call.
 */
export class Sender {
  private readonly log = new EventLog(Sender.name);
  private readonly stop = new AbortController();
  private readonly lanes = new Map<string, Promise<void>>();

  constructor(
    private readonly source: DataSource,
    private readonly agent: Agent,
    private readonly metrics: Metrics,
    private readonly failpoints: Failpoints,
    private readonly tracing: Tracing,
    private readonly terms: SenderTerms,
  ) {}

  /** Begins to send to whoever has something due and is not being sent to. Does not wait for it. */
  async begin(): Promise<void> {
    for (const id of await endpointsWithWork(this.source)) {
      if (this.lanes.has(id) || this.stop.signal.aborted) continue;
      const lane = this.sendTo(id)
        .catch((error: unknown) => this.report(id, error))
        .finally(() => this.lanes.delete(id));
      this.lanes.set(id, lane);
    }
  }

  /** Ends the calls under way, whose events are sent again by the next process. */
  async end(): Promise<void> {
    this.stop.abort();
    await Promise.all(this.lanes.values());
  }

  private report(endpointId: string, error: unknown): void {
    if (!this.stop.signal.aborted) this.log.write('webhooks-not-sent', { endpointId, cause: String(error) });
  }

  private async sendTo(id: string): Promise<void> {
    while (!this.stop.signal.aborted) {
      const endpoint = await readDueEndpoint(this.source, id);
      if (!endpoint || !(await this.sendBatch(endpoint))) return;
    }
  }

  /** @returns whether there may be more to send at once */
  private async sendBatch(endpoint: DueEndpoint): Promise<boolean> {
    const due = await readDueEvents(this.source, endpoint, endpoint.failures > 0 ? 1 : BATCH);
    if (due.events.length === 0 && due.position === null && due.replayed === null) return false;
    const readAt = performance.now();
    const sent = await sendInOrder(due.events, (event) => this.send(endpoint, event, readAt));
    this.failpoints.reach('webhooks.sent');
    const recorded = await recordSent(this.source, endpoint, due, sent, this.terms);
    if (!recorded) return false;
    this.tell(endpoint, recorded, sent.findLast(({ outcome }) => outcome?.kind === 'failed')?.outcome?.why);
    return recorded.isOn;
  }

  private async send(endpoint: DueEndpoint, event: DueEvent, readAt: number): Promise<Outcome> {
    const sentAt = new Date(endpoint.nowMs + (performance.now() - readAt));
    const { timeoutMs } = this.terms;
    const { id, type, body } = event;
    const outcome = await this.tracing.run('webhook.send', { event: id, type }, async () => {
      const message = { id, body, traceparent: this.tracing.here };
      const limits = { timeoutMs, signal: this.stop.signal };
      const answer = await callReceiver(this.agent, endpoint, message, sentAt, limits);
      const { kind: outcome, why } = answer;
      this.tracing.note(why === '' ? { outcome } : { outcome, why });
      return answer;
    });
    this.metrics.webhooksSent.inc({ outcome: outcome.kind });
    return outcome;
  }

  private tell({ id: endpointId, failures: before }: DueEndpoint, now: Recorded, cause?: string): void {
    const { offReason: reason, failures, givenUp } = now;
    if (reason !== null) this.log.write('webhook-endpoint-off', { endpointId, reason, cause });
    else if (before === 0 && failures > 0) this.log.write('webhook-endpoint-failing', { endpointId, cause });
    else if (before > 0 && failures === 0) this.log.write('webhook-endpoint-recovered', { endpointId });
    for (const eventId of givenUp) {
      this.log.write('webhook-given-up', { endpointId, eventId });
      this.metrics.webhooksSent.inc({ outcome: 'given-up' });
    }
  }
}
