import { Inject, Injectable } from '@nestjs/common';
import { EventLog } from '../../platform/logging/event-log.js';
import { Environment } from '../../platform/config/environment.js';
import { Metrics } from '../../platform/metrics/metrics.js';
import { PROVIDER, type ProviderAnswer, type ProviderPort, type ProviderRequest } from '../payout-port.js';
import { CallRate } from './call-rate.js';
import { Circuit } from './circuit.js';

/**
 * Calls the provider no more than it can bear: at the agreed rate, not before the time it named when it was overloaded,
 * and hardly at all while it does not answer. A request that was not sent for one of these reasons returns `not-now` at
 * once.
 */
@Injectable()
export class ProviderCalls {
  private readonly log = new EventLog(ProviderCalls.name);
  private readonly circuit: Circuit;
  /** Why the last failed call failed, for the log. */
  private lastWhy = '';

  constructor(
    @Inject(PROVIDER) private readonly provider: ProviderPort,
    private readonly rate: CallRate,
    private readonly environment: Environment,
    private readonly metrics: Metrics,
  ) {
    const { PAYOUT_HTTP_BREAKER_AFTER, PAYOUT_HTTP_BREAKER_MS } = environment;
    this.circuit = new Circuit(PAYOUT_HTTP_BREAKER_AFTER, PAYOUT_HTTP_BREAKER_MS, (state) => {
      if (state === 'closed') {
        this.log.write('provider-available');
        void rate.endSilence();
        return;
      }
      this.log.write('provider-unavailable', { cause: this.lastWhy });
      void rate.restInSilence(PAYOUT_HTTP_BREAKER_MS); // then the next call is the circuit's trial
    });
  }

  /** Waits for a turn to begin a payout. @returns false when there is no turn soon, or `stopping` was aborted */
  async turn(stopping: AbortSignal): Promise<boolean> {
    return (await this.rate.turn(stopping)) && !this.circuit.isShut;
  }

  /** Like `turn`, for a payout under way. */
  async another(stopping: AbortSignal): Promise<boolean> {
    return (await this.rate.another(stopping)) && !this.circuit.isShut;
  }

  send(request: ProviderRequest): Promise<ProviderAnswer> {
    return this.call('send', () => this.provider.send(request));
  }

  find(request: ProviderRequest): Promise<ProviderAnswer> {
    return this.call('find', () => this.provider.find(request));
  }

  private async call(name: 'send' | 'find', ask: () => Promise<ProviderAnswer>): Promise<ProviderAnswer> {
    const answer = await this.circuit.through(ask, (given) => this.isNone(given));
    if (answer === null) return { kind: 'not-now', retryAfterMs: this.environment.PAYOUT_HTTP_BREAKER_MS };
    this.metrics.providerCalls.inc({ call: name, answer: answer.kind });
    if (answer.kind === 'not-now') await this.rate.pauseAll(answer.retryAfterMs);
    return answer;
  }

  /**
   * A transfer that is still pending is an answer; any other answer that tells us nothing counts as a failure of the
   * provider.
   */
  private isNone(answer: ProviderAnswer): boolean {
    if ((answer.kind !== 'in-doubt' && answer.kind !== 'refused') || answer.why === 'pending') return false;
    this.lastWhy = answer.why;
    return true;
  }
}
