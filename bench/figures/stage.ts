import type { ServiceUnit } from '../contestants/service-unit.js';
import type { Deployment } from '../deployment.js';
import type { Hits, Volley } from '../generator/generator-messages.js';
import type { Measuring } from './family.js';
import { claimOnce, type Place, untilPaid } from './volleys.js';

/** How a rush differs from the usual one. */
export interface RushTerms extends Pick<Volley, 'by' | 'headers'> {
  /** Slots, and claims; the usual number if absent. */
  readonly capacity?: number;
  /** Done before the first claim. */
  readonly before?: (place: Place) => Promise<void>;
  /** Done once everybody is paid, while the campaign is still open. */
  readonly after?: (place: Place, winners: Volley['users'], hits: Hits) => Promise<void>;
}

/** The service in one process with settings of its own, and campaigns and people as they are needed. */
export class Stage {
  private campaigns = 0;
  private nextUser = 1;

  private constructor(
    private readonly measuring: Measuring,
    readonly deployment: Deployment,
    readonly unit: ServiceUnit,
  ) {}

  /** @param settings of the service besides the usual ones */
  static async start(
    measuring: Measuring,
    name: string,
    settings: Readonly<Record<string, string>>,
  ): Promise<Stage> {
    const deployment = await measuring.arena.deploy(name);
    return new Stage(measuring, deployment, await measuring.arena.addTo(deployment, 'all', settings));
  }

  get origin(): string {
    return this.unit.origin;
  }

  /** Users who were never seen before. */
  users(count: number): Volley['users'] {
    const users = { first: this.nextUser, count };
    this.nextUser += count;
    return users;
  }

  /** A campaign whose slots are all claimed, until everybody is paid. @returns the claims' answers */
  async rush({
    capacity = this.measuring.settings.capacity,
    before,
    after,
    ...claim
  }: RushTerms): Promise<Hits> {
    const place = { id: `rush-${++this.campaigns}`, capacity, origin: this.origin };
    const users = this.users(capacity);
    await this.deployment.createCampaign(place.id, capacity);
    await before?.(place);
    const hits = await claimOnce(this.measuring, place, users, claim);
    await untilPaid(this.deployment, place, hits.statuses[202] ?? 0);
    await after?.(place, users, hits);
    await this.deployment.closeCampaign(place.id);
    return hits;
  }

  /** The CPU time of the service, PostgreSQL and Redis so far, in µs; undefined if it is not known. */
  cpu(): Promise<number | undefined> {
    return this.measuring.arena.serverCpu(this.unit);
  }
}
