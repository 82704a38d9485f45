import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Agent, errors } from 'undici';
import { Environment } from '../../config/environment.js';
import { secretsIn } from '../../config/secret-list.js';
import type { ProviderAnswer, ProviderPort, ProviderRequest } from '../payout-port.js';
import { callProvider, type HttpAnswer, type NoAnswer } from './provider-call.js';
import { readLookUpAnswer, readTransferAnswer } from './transfer-answer.js';

/** Speaks docs/payout-provider.md. Every call ends within PAYOUT_HTTP_TIMEOUT_MS, whatever the other side does. */
@Injectable()
export class HttpProvider implements ProviderPort, OnApplicationShutdown {
  private readonly agent: Agent;

  constructor(private readonly environment: Environment) {
    const { PAYOUT_HTTP_CONCURRENCY, PAYOUT_HTTP_TIMEOUT_MS, PAYOUT_HTTP_RESPONSE_LIMIT_BYTES } = environment;
    this.agent = new Agent({
      connections: PAYOUT_HTTP_CONCURRENCY,
      pipelining: 1,
      maxResponseSize: PAYOUT_HTTP_RESPONSE_LIMIT_BYTES,
      connect: { timeout: PAYOUT_HTTP_TIMEOUT_MS },
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

  private call(
    method: 'GET' | 'POST',
    path: string,
    { headers, body }: { headers?: Record<string, string>; body?: string },
  ): Promise<HttpAnswer | NoAnswer> {
    const { PAYOUT_HTTP_URL, PAYOUT_HTTP_SECRET = '', PAYOUT_HTTP_TIMEOUT_MS } = this.environment;
    const { origin, pathname } = new URL(`${PAYOUT_HTTP_URL?.replace(/\/+$/, '')}/${path}`);
    return callProvider(
      this.agent,
      {
        origin,
        path: pathname,
        method,
        body,
        headers: { ...headers, Authorization: `Bearer ${secretsIn(PAYOUT_HTTP_SECRET)[0]}` },
      },
      PAYOUT_HTTP_TIMEOUT_MS,
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
