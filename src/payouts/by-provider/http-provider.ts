import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Agent, type Dispatcher, errors, request } from 'undici';
import { Environment } from '../../config/environment.js';
import { secretsIn } from '../../config/secret-list.js';
import type { ProviderAnswer, ProviderPort, ProviderRequest } from '../payout-port.js';
import { type HttpAnswer, readLookUpAnswer, readTransferAnswer } from './transfer-answer.js';

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
    return typeof answer === 'string' ? { kind: 'in-doubt', why: answer } : readTransferAnswer(order, answer);
  }

  async find(order: ProviderRequest): Promise<ProviderAnswer> {
    const answer = await this.call('GET', `transfers/${encodeURIComponent(order.idempotencyKey)}`, {});
    return typeof answer === 'string' ? { kind: 'in-doubt', why: answer } : readLookUpAnswer(order, answer);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.agent.destroy();
  }

  /** @returns the answer, or a short word for why there is none */
  private async call(
    method: 'GET' | 'POST',
    path: string,
    { headers, body }: { headers?: Record<string, string>; body?: string },
  ): Promise<HttpAnswer | string> {
    const { PAYOUT_HTTP_URL, PAYOUT_HTTP_SECRET = '', PAYOUT_HTTP_TIMEOUT_MS } = this.environment;
    try {
      const response: Dispatcher.ResponseData = await request(
        `${PAYOUT_HTTP_URL?.replace(/\/+$/, '')}/${path}`,
        {
          dispatcher: this.agent,
          method,
          body,
          headers: { ...headers, Authorization: `Bearer ${secretsIn(PAYOUT_HTTP_SECRET)[0]}` },
          signal: AbortSignal.timeout(PAYOUT_HTTP_TIMEOUT_MS), // from here to the last byte of the answer
        },
      );
      const { 'retry-after': retryAfter } = response.headers;
      return {
        status: response.statusCode,
        retryAfter: Array.isArray(retryAfter) ? retryAfter[0] : retryAfter,
        body: await response.body.text(),
      };
    } catch (error) {
      return whyThereIsNoAnswer(error);
    }
  }
}

function whyThereIsNoAnswer(error: unknown): string {
  if (error instanceof errors.ResponseExceededMaxSizeError) return 'too-large';
  const { name, code } = error as { name?: string; code?: string };
  if (name === 'TimeoutError' || name === 'AbortError' || code?.includes('TIMEOUT')) return 'time-out';
  return code?.startsWith('HPE_') ? 'unreadable' : 'connection';
}
