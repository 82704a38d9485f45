import { Injectable, Logger } from '@nestjs/common';
import {
  BrokenCircuitError,
  circuitBreaker,
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  handleWhenResult,
} from 'cockatiel';
import { Environment } from '../../config/environment.js';
import { Metrics } from '../../metrics/metrics.js';
import type { ProviderAnswer, ProviderRequest } from '../payout-port.js';
import { CallRate } from './call-rate.js';
import { HttpProvider } from './http-provider.js';

/**
 * The provider, asked no more than it can bear: at the agreed rate, not before the time it named when it had too much, and
 * hardly at all while it answers nothing. What was not sent for one of these reasons comes back as `not-now`, at once.
 */
@Injectable()
export class ProviderCalls {
  private readonly log = new Logger(ProviderCalls.name);
  private readonly circuit: CircuitBreakerPolicy;

  constructor(
    private readonly provider: HttpProvider,
    private readonly rate: CallRate,
    private readonly environment: Environment,
    private readonly metrics: Metrics,
  ) {
    this.circuit = circuitBreaker(
      handleWhenResult((answer) => noAnswer(answer as ProviderAnswer)),
      {
        halfOpenAfter: environment.PAYOUT_HTTP_BREAKER_MS,
        breaker: new ConsecutiveBreaker(environment.PAYOUT_HTTP_BREAKER_AFTER),
      },
    );
    this.circuit.onBreak(() => {
      this.log.warn({ msg: 'The payout provider answers nothing; it is left alone for a while' });
      rate.pause(environment.PAYOUT_HTTP_BREAKER_MS); // then somebody asks, and the circuit finds out how it is
    });
    this.circuit.onReset(() => this.log.log({ msg: 'The payout provider answers again' }));
  }

  /** Waits for a turn to begin with something. @returns false when none is to be had soon, or `stopping` was aborted */
  async turn(stopping: AbortSignal): Promise<boolean> {
    return !this.isBeingTried() && (await this.rate.turn(stopping));
  }

  /** As `turn`, for whoever is in the midst of something. */
  async another(stopping: AbortSignal): Promise<boolean> {
    return !this.isBeingTried() && (await this.rate.another(stopping));
  }

  send(request: ProviderRequest): Promise<ProviderAnswer> {
    return this.call('send', () => this.provider.send(request));
  }

  find(request: ProviderRequest): Promise<ProviderAnswer> {
    return this.call('find', () => this.provider.find(request));
  }

  private async call(name: 'send' | 'find', ask: () => Promise<ProviderAnswer>): Promise<ProviderAnswer> {
    // The circuit would have us wait for the outcome, and what may be sent now may not be sent then.
    if (this.isBeingTried()) return this.leftAlone();
    try {
      const answer = await this.circuit.execute(ask);
      this.metrics.providerCalls.inc({ call: name, answer: answer.kind });
      if (answer.kind === 'not-now') this.rate.pause(answer.retryAfterMs);
      return answer;
    } catch (error) {
      if (!(error instanceof BrokenCircuitError)) throw error;
      return this.leftAlone();
    }
  }

  /** One call is under way to find out whether the provider answers again. */
  private isBeingTried(): boolean {
    return this.circuit.state === CircuitState.HalfOpen;
  }

  private leftAlone(): ProviderAnswer {
    return { kind: 'not-now', retryAfterMs: this.environment.PAYOUT_HTTP_BREAKER_MS };
  }
}

/** A transfer that is still pending is an answer; everything else that leaves us in doubt speaks against the provider. */
function noAnswer(answer: ProviderAnswer): boolean {
  return answer.kind === 'in-doubt' && answer.why !== 'pending';
}
