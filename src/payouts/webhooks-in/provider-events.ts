import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource, EntityManager } from 'typeorm';
import { Environment } from '../../platform/config/environment.js';
import { GateUpdate } from '../../grants/claims/gate-update.js';
import { isTransfer, mismatch, rejectionReason, type Transfer } from '../by-provider/transfer-answer.js';
import { type Conclusion, type Effect, PayoutConclusions } from '../payout-conclusions.js';
import { Metrics } from '../../platform/metrics/metrics.js';
import { Tracing } from '../../platform/tracing/tracing.js';
import { rows } from '../../platform/postgres/rows.js';
import { invalidRequest, Problem } from '../../platform/problems/problem.js';
import { verifyWebhook, type WebhookHeaders } from './webhook-signature.js';

/** The effect of an event; see `Effect`. `meaningless`: type and state contradict each other. */
type EventEffect = Effect | 'meaningless';

interface ProviderEvent {
  readonly id: string;
  readonly type: EventType;
  readonly transfer: Transfer;
  readonly body: string;
}

export const EVENT_TYPES = ['transfer.settled', 'transfer.rejected', 'transfer.reversed'] as const;
type EventType = (typeof EVENT_TYPES)[number];

const SAYS: Readonly<Record<EventType, Pick<Conclusion, 'state'> & { readonly transferStates: string[] }>> = {
  'transfer.settled': { state: 'SETTLED', transferStates: ['settled', 'reversed'] },
  'transfer.rejected': { state: 'REJECTED', transferStates: ['rejected'] },
  'transfer.reversed': { state: 'REVERSED', transferStates: ['reversed'] },
};

/**
 * Webhooks of the provider. They may come early, late, twice or out of order, or be about payouts that we don't know.
 * Each event is recorded with its effect, and none changes more than the payout's states allow.
 */
@Injectable()
export class ProviderEvents {
  constructor(
    @InjectDataSource() private readonly source: DataSource,
    private readonly conclusions: PayoutConclusions,
    private readonly gateUpdate: GateUpdate,
    private readonly environment: Environment,
    private readonly metrics: Metrics,
    private readonly tracing: Tracing,
  ) {}

  /**
   * Applies an event, once. Its effect is committed when this returns.
   * @param origin where the request comes from (`Tracing.originOf`)
   * @throws Problem 401 unless it is signed and its time is near Postgres' clock; 400 when it is not an event
   */
  async take(headers: WebhookHeaders, rawBody: Buffer, origin?: string): Promise<void> {
    const event = await this.read(headers, rawBody);
    await this.tracing.run(
      'webhook',
      { type: event.type },
      () => this.apply(event),
      () => [origin],
    );
  }

  private async apply(event: ProviderEvent): Promise<void> {
    if (await this.isRemembered(event.id)) return;
    const { state, transferStates } = SAYS[event.type];
    const { idempotencyKey, id: providerReference, reason } = event.transfer;
    if (!transferStates.includes(event.transfer.state)) {
      await this.remember(this.source.manager, event, 'meaningless');
      return;
    }
    const { campaignId, ended } = await this.conclusions.conclude(
      {
        idempotencyKey,
        state,
        providerReference,
        reason: state === 'REJECTED' ? rejectionReason(reason) : null,
        fits: (body) => body !== null && mismatch({ idempotencyKey, body }, event.transfer) === null,
      },
      (transaction, effect) => this.remember(transaction, event, effect),
    );
    // If the gate is out of reach, the reaper tells it: what ended is committed.
    if (campaignId !== null && ended)
      await this.gateUpdate.conclude(campaignId, [ended]).catch(() => undefined);
  }

  private async read(headers: WebhookHeaders, rawBody: Buffer): Promise<ProviderEvent> {
    const { PAYOUT_WEBHOOK_SECRET } = this.environment;
    const signed =
      PAYOUT_WEBHOOK_SECRET === undefined ? null : verifyWebhook(PAYOUT_WEBHOOK_SECRET, headers, rawBody);
    if (!signed || !(await this.isRecent(signed.timestamp))) {
      this.metrics.webhooksRefused.inc({ reason: 'signature' });
      throw new Problem(401, 'invalid-signature', 'The signature or its time is not valid', {
        headers: { 'WWW-Authenticate': 'Webhook-Signature' },
      });
    }
    const body = rawBody.toString();
    const { type, transfer } = parse(body);
    if (!EVENT_TYPES.includes(type as EventType) || !isTransfer(transfer)) {
      this.metrics.webhooksRefused.inc({ reason: 'content' });
      throw invalidRequest(
        `type must be one of ${EVENT_TYPES.join(', ')}, and transfer an object as docs/payout-provider.md defines it.`,
      );
    }
    return { id: signed.id, type: type as EventType, transfer, body };
  }

  private async isRecent(seconds: number): Promise<boolean> {
    const [clock] = await rows<{ offBy: number }>(
      this.source,
      `SELECT abs(extract(epoch FROM now())::float8 - $1) * 1000 AS "offBy"`,
      [seconds],
    );
    return clock !== undefined && clock.offBy <= this.environment.PAYOUT_WEBHOOK_TOLERANCE_MS;
  }

  private async isRemembered(id: string): Promise<boolean> {
    const found = await rows(this.source, `SELECT id FROM provider_events WHERE id = $1`, [id]);
    return found.length > 0;
  }

  private async remember(
    on: EntityManager,
    { id, type, transfer, body }: ProviderEvent,
    effect: EventEffect,
  ): Promise<void> {
    this.tracing.note({ effect });
    await rows(
      on,
      `INSERT INTO provider_events (id, type, idempotency_key, effect, body) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (id) DO NOTHING RETURNING id`,
      [id, type, transfer.idempotencyKey, effect, body],
    );
  }
}

/**
 * An empty object if the body is not JSON: for example an empty body, or a byte order mark that the body parser lets
 * pass.
 */
function parse(body: string): { type?: unknown; transfer?: unknown } {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
