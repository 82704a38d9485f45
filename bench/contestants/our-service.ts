import { Deployment } from '../deployment.js';
import type { Contestant, ContestantSurroundings } from './contestant.js';
import type { ServiceUnit } from './service-unit.js';

/** The service itself: role `all`, as in production, with every feature enabled. */
export class OurService implements Contestant {
  readonly name = 'ours';
  readonly pays = true;
  private campaigns = 0;
  private campaign = { id: '', capacity: 0 };

  private constructor(
    private readonly deployment: Deployment,
    private readonly unit: ServiceUnit,
  ) {}

  /** Migrates the database, starts the service and waits until it is ready. */
  static async start(surroundings: ContestantSurroundings): Promise<OurService> {
    const deployment = await Deployment.open(surroundings);
    try {
      return new OurService(deployment, await deployment.add('all'));
    } catch (error) {
      await deployment.stop(Promise.resolve());
      throw error;
    }
  }

  get origin(): string {
    return this.unit.origin;
  }

  get pid(): number {
    return this.unit.pid;
  }

  async freshCampaign(capacity: number): Promise<string> {
    this.campaigns += 1;
    this.campaign = { id: `bench-${this.campaigns}`, capacity };
    return this.deployment.createCampaign(this.campaign.id, capacity);
  }

  async unpaid(accepted: number): Promise<number> {
    const { id, capacity } = this.campaign;
    return accepted - (await this.deployment.paidOut(id, capacity));
  }

  paid(): Promise<number> {
    return this.deployment.countPaid(this.campaign.id);
  }

  async endCampaign(): Promise<void> {
    await this.deployment.closeCampaign(this.campaign.id);
  }

  ended(): Promise<string> {
    return this.unit.failed();
  }

  stop(hastened: Promise<void>): Promise<void> {
    return this.deployment.stop(hastened);
  }
}
