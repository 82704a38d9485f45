import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type Agent, errors } from 'undici';
import { Environment } from '../../platform/config/environment.js';
import { outgoingAgent } from '../../platform/http/outgoing-agent.js';
import { Tracing } from '../../platform/tracing/tracing.js';
import type { ProviderAnswer, ProviderPort, ProviderRequest } from '../payout-port.js';
import { callProvider, type HttpAnswer, type NoAnswer } from './provider-call.js';
import { ProviderSecrets } from './provider-secrets.js';
import { readLookUpAnswer, readTransferAnswer } from './transfer-answer.js';

interface Request {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * Speaks the protocol of docs/payout-provider.md. Every call ends within PAYOUT_HTTP_TIMEOUT_MS, whatever the other
 * side does.
 */
@Injectable()
export class HttpProviderAdapter implements ProviderPort, OnApplicationShutdown {
  private readonly agent: Agent;
  private readonly secrets: ProviderSecrets;

  constructor(
    private readonly environment: Environment,
    private readonly tracing: Tracing,
  ) {
    this.secrets = new ProviderSecrets(environment.PAYOUT_HTTP_SECRET ?? '');
    const { PAYOUT_HTTP_CONCURRENCY, PAYOUT_HTTP_TIMEOUT_MS, PAYOUT_HTTP_RESPONSE_LIMIT_BYTES } = environment;
    this.agent = outgoingAgent({
      mostBytes: PAYOUT_HTTP_RESPONSE_LIMIT_BYTES,
      connections: PAYOUT_HTTP_CONCURRENCY,
      connectMs: PAYOUT_HTTP_TIMEOUT_MS,
    });
  }

  async send(order: ProviderRequest): Promise<ProviderAnswer> {
    const answer = await this.call('POST', 'transfers', {
      body: order.body,
      headers: { 'Idempotency-Key': order.idempotencyKey, 'Content-Type': 'application/json' },
    });
    return 'error' in answer ? whyThereIsNoAnswer(answer) : readTransferAnswer(order, answer);
  }

  async find(order: ProviderRequest): Promise<ProviderAnswer> {
    const answer = await this.call('GET', `transfers/${encodeURIComponent(order.idempotencyKey)}`, {});
    return 'error' in answer ? whyThereIsNoAnswer(answer) : readLookUpAnswer(order, answer);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.agent.destroy();
  }

  private async call(method: 'GET' | 'POST', path: string, request: Request): Promise<HttpAnswer | NoAnswer> {
    const endsAt = performance.now() + this.environment.PAYOUT_HTTP_TIMEOUT_MS;
    return this.secrets.call<HttpAnswer | NoAnswer>(
      (secret) => this.callWith(secret, method, path, request, endsAt),
      (answer) => ('status' in answer ? answer.status : null),
      endsAt,
    );
  }

  /** @param endsAt the deadline for the answer, on `performance`'s clock */
  private callWith(
    secret: string,
    method: 'GET' | 'POST',
    path: string,
    { headers, body }: Request,
    endsAt: number,
  ): Promise<HttpAnswer | NoAnswer> {
    const { origin, pathname } = new URL(`${this.environment.PAYOUT_HTTP_URL?.replace(/\/+$/, '')}/${path}`);
    const { here } = this.tracing;
    const context = here === undefined ? {} : { traceparent: here };
    return callProvider(
      this.agent,
      {
        ...{ origin, path: pathname, method, body },
        headers: { ...headers, ...context, Authorization: `Bearer ${secret}` },
      },
      Math.max(1, endsAt - performance.now()),
    );
  }
}

function whyThereIsNoAnswer({ error, mayHaveLeft }: NoAnswer): ProviderAnswer {
  return { kind: mayHaveLeft ? 'in-doubt' : 'refused', why: wordFor(error) };
}

function wordFor(error: Error): string {
  if (error instanceof errors.ResponseExceededMaxSizeError) return 'too-large';
  const { name, code } = error as { name: string; code?: unknown };
  if (name === 'TimeoutError' || String(code).includes('TIMEOUT')) return 'time-out';
  return String(code).startsWith('HPE_') ? 'unreadable' : 'connection';
}
