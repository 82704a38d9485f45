import { Client } from './client.js';
import { RawConnections } from './raw-connections.js';
import { tokenOf } from './tokens.js';
import { type RunningApp, World } from './world.js';

/**
 * An api with an open campaign (`open`, 1,000 places, the first one taken by user 1) for tests that send it hundreds of
 * odd requests at once: they may take a busy machine longer than clients would wait.
 */
export class PatientApi {
  private constructor(
    readonly world: World,
    readonly app: RunningApp,
    readonly raw: RawConnections,
    /** A header line of a user who has not claimed. */
    readonly authorization: string,
  ) {}

  static async start(): Promise<PatientApi> {
    const world = await World.create({ REQUEST_DEADLINE_MS: '30000', REDIS_TIMEOUT_MS: '30000' });
    const app = await world.start('api');
    expect((await new Client(app).createCampaign({ id: 'open', capacity: 1_000 })).status).toBe(201);
    expect((await new Client(app).claim('open', 1)).status).toBe(202);
    const authorization = `Authorization: Bearer ${await tokenOf(41)}\r\n`;
    return new PatientApi(world, app, new RawConnections(() => app.url), authorization);
  }

  async close(): Promise<void> {
    this.raw.close();
    await this.world.close();
  }
}
