import type { FaultSource } from './fault-source.js';
import type { Journal } from './journal.js';
import { bodyOf, signedHeaders, type WebhookEvent } from './webhook-event.js';

/** Delivery counts since the start of the process. */
export interface WebhookCounts {
  /** Attempts that were answered with 2xx. */
  sent: number;
  /** Attempts that failed. */
  failed: number;
  /** Events that were given up after the last attempt. */
  abandoned: number;
  /** Events still to be delivered: queued, in flight, or held back on purpose. */
  waiting: number;
}

interface Delivery {
  readonly event: WebhookEvent;
  readonly attempt: number;
}

interface HeldBack {
  readonly event: WebhookEvent;
  /** The number of sent webhooks when it was held back. */
  readonly sentBefore: number;
  readonly timer: NodeJS.Timeout;
}

const deliveriesAtOnce = 16;
const answerDeadlineMs = 10_000;
const lastAttempt = 12;
const longestPauseMs = 60_000;

/** Sends webhooks about transfers, from a queue in memory. */
export class Webhooks {
  private readonly counts = { sent: 0, failed: 0, abandoned: 0 };
  private waiting = 0;
  private active = 0;
  private readonly queue: Delivery[] = [];
  private readonly heldBack = new Map<string, HeldBack>();

  constructor(
    private readonly journal: Journal,
    private readonly faultSource: FaultSource,
    private readonly secret: string,
    /** Where events are sent; undefined sends none. */
    public url: string | undefined,
  ) {}

  state(): WebhookCounts {
    return { ...this.counts, waiting: this.waiting };
  }

  /** Sends a durable event, unless a fault prevents it. */
  announce(event: WebhookEvent): void {
    const { transfer } = event;
    if (this.url === undefined || !this.faultSource.isTold(transfer)) return;
    const fault = this.faultSource.ofWebhook(transfer);
    if (fault === 'shuffledWebhooks') {
      this.holdBack(event);
      return;
    }
    if (fault) this.journal.noteFault(fault, transfer);
    if (fault === 'lostWebhook') return;
    this.waiting++;
    if (fault === 'lateWebhook') {
      this.sendAfter(this.faultSource.odds.lateWebhookMs, { event, attempt: 1 });
      return;
    }
    this.send({ event, attempt: 1 });
    if (fault !== 'duplicateWebhook') return;
    this.waiting++;
    this.send({ event, attempt: 1 });
  }

  /** Holds the event until a later event of the same transfer was sent, or `shuffleMs` pass. */
  private holdBack(event: WebhookEvent): void {
    this.waiting++;
    const { id } = event.transfer;
    this.release(id); // an earlier one of the same transfer
    const timer = setTimeout(() => this.release(id), this.faultSource.odds.shuffleMs).unref();
    this.heldBack.set(id, { event, sentBefore: this.counts.sent, timer });
  }

  private release(transferId: string): void {
    const held = this.heldBack.get(transferId);
    if (!held) return;
    this.heldBack.delete(transferId);
    clearTimeout(held.timer);
    // If nothing was sent in between, the order is unchanged and no fault is recorded.
    if (this.counts.sent > held.sentBefore) this.journal.noteFault('shuffledWebhooks', held.event.transfer);
    this.send({ event: held.event, attempt: 1 });
  }

  private sendAfter(ms: number, delivery: Delivery): void {
    setTimeout(() => this.send(delivery), ms).unref();
  }

  private send(delivery: Delivery): void {
    this.queue.push(delivery);
    this.pump();
  }

  private pump(): void {
    while (this.active < deliveriesAtOnce) {
      const delivery = this.queue.shift();
      if (!delivery) return;
      this.active++;
      void this.deliver(delivery).finally(() => {
        this.active--;
        this.pump();
      });
    }
  }

  private async deliver({ event, attempt }: Delivery): Promise<void> {
    if (await this.isTaken(event)) {
      this.counts.sent++;
      this.waiting--;
      this.release(event.transfer.id);
      return;
    }
    this.counts.failed++;
    if (attempt < lastAttempt) {
      const pause = Math.min(longestPauseMs, this.faultSource.odds.webhookRetryMs * 2 ** (attempt - 1));
      this.sendAfter(pause, { event, attempt: attempt + 1 });
    } else {
      this.counts.abandoned++;
      this.waiting--;
    }
  }

  private async isTaken(event: WebhookEvent): Promise<boolean> {
    if (this.url === undefined) return false;
    const body = bodyOf(event);
    try {
      const answer = await fetch(this.url, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...signedHeaders(event.id, body, this.secret) },
        body,
        redirect: 'error',
        signal: AbortSignal.timeout(answerDeadlineMs),
      });
      await answer.body?.cancel();
      return answer.ok;
    } catch {
      return false;
    }
  }
}
