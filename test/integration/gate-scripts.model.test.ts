import fc from 'fast-check';
import { RedisServer } from '../../tools/stack/servers/redis-server.js';
import { CampaignStore } from '../../src/campaigns/campaign.store.js';
import { IS_DEEP } from '../support/depth.js';
import { dataFolderOf } from '../support/data-folder.js';
import { GateAndModel } from '../support/gate-model/gate-and-model.js';
import { GateModel } from '../support/gate-model/gate-model.js';
import { anyRun } from '../support/gate-model/gate-steps.js';
import { Inside } from '../support/inside.js';
import { type RunningApp, World } from '../support/world.js';

// Compares the Lua scripts with a model that is simple enough to read: after every step, both must have made the same
// decision and hold the same state. Leases do not expire by themselves here: a step expires them.

let redis: RedisServer;
let world: World;
let api: RunningApp;
let inside: Inside;
let campaigns = 0;

beforeAll(async () => {
  // A server of its own: losing a server's scripts affects everybody who uses it.
  redis = new RedisServer({ dataDir: dataFolderOf('gate-model'), log: () => undefined });
  await redis.start();
  world = await World.create({ SLOT_LEASE_MS: '86400000' }, { redisUrl: redis.url });
  api = await world.start('api');
  inside = new Inside(api);
});

afterAll(async () => {
  await world.close();
  await redis.stop();
});

async function open(capacity: number, waitingCapacity: number): Promise<GateAndModel> {
  const id = `model-${++campaigns}`;
  const terms = { id, name: id, capacity, waitingCapacity, amount: '10', currency: 'KRW' };
  const rest = {
    reversalPolicy: 'keep',
    payoutProvider: 'ledger',
    eligibility: 'everybody',
    opensAt: null,
    closesAt: null,
  } as const;
  await api.app.get(CampaignStore).create({ ...terms, ...rest }, { actor: 'test' });
  await inside.gate(id);
  const both = new GateAndModel(world, inside, id, new GateModel(capacity, waitingCapacity));
  await both.begin();
  return both;
}

describe('the gate’s scripts agree with their model (P1, P2, P3, P6; R3 to R8, R10, R11)', () => {
  it('in any sequence of steps, whatever happens to Redis in between', async () => {
    await fc.assert(
      fc.asyncProperty(anyRun, async ({ capacity, waitingCapacity, steps }) => {
        const both = await open(capacity, waitingCapacity);
        for (const step of steps) {
          await both.step(step);
          await both.compare();
        }
      }),
      { numRuns: IS_DEEP ? 2_000 : 125 },
    );
  }, 300_000);

  it('for a batch of 2,000 users', async () => {
    const both = await open(1_500, 300);
    await both.step({ op: 'claim', users: Array.from({ length: 2_000 }, (_, i) => i + 1) });
    await both.compare();
  });
});
