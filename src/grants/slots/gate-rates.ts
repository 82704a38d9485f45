import { Injectable } from '@nestjs/common';
import { Environment } from '../../platform/config/environment.js';
import { ratesKey } from './gate-keys.js';
import { GateRunner } from './gate-runner.js';
import { GateScript } from './gate-script.js';

/** What all instances together counted of a campaign, second by second, by Redis' clock. */
export interface RecentSeconds {
  /** The second that is not over yet, since 1970. */
  readonly current: number;
  /** Second -> counts, in the order in which they were added. What nobody counted in is missing. */
  readonly counts: ReadonlyMap<number, readonly number[]>;
}

/**
 * The counts of the last seconds of a campaign, kept in Redis, where every instance can add its own. They are gone five
 * seconds after the last addition. Every method fails with the error of ioredis when Redis can't be asked.
 */
@Injectable()
export class GateRates {
  private readonly addScript = GateScript.read('add-rates');
  private readonly readScript = GateScript.read('read-rates');

  constructor(
    private readonly gates: GateRunner,
    private readonly environment: Environment,
  ) {}

  /** Adds to the counts of the current second. @param counts whole numbers, 0 or more */
  async add(campaignId: string, counts: readonly number[]): Promise<void> {
    await this.gates.runOn(this.addScript, this.keys(campaignId), counts);
  }

  async read(campaignId: string): Promise<RecentSeconds> {
    const reply = await this.gates.runOn(this.readScript, this.keys(campaignId), []);
    const [current, ...seconds] = reply as [number, ...string[]];
    return {
      current,
      counts: new Map(
        seconds.map((text) => {
          const [second = NaN, ...counts] = text.split(' ').map(Number);
          return [second, counts];
        }),
      ),
    };
  }

  private keys(campaignId: string): string[] {
    return [ratesKey(campaignId, this.environment.REDIS_KEY_PREFIX)];
  }
}
