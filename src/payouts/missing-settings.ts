import { Injectable } from '@nestjs/common';
import { Environment } from '../platform/config/environment.js';
import { isProviderConfigured, type PayoutProvider } from '../platform/config/settings/payouts.js';
import { CallRate } from './by-provider/call-rate.js';

/** Has operators told that this process lacks the settings of a provider, before anything is due to be paid by it. */
@Injectable()
export class MissingSettings {
  private readonly areMissing: boolean;

  constructor(
    private readonly rate: CallRate,
    environment: Environment,
  ) {
    this.areMissing = !isProviderConfigured(environment);
  }

  /** Shown for a while (`ProviderPauses`), so that it is repeated as long as it is so. @param provider who is to pay */
  async tell(provider: PayoutProvider | null): Promise<void> {
    if (provider === 'http' && this.areMissing) await this.rate.showUnconfigured();
  }
}
