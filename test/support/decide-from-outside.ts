import { readEnvironment } from '../../src/platform/config/read-environment.js';
import { type ClaimDecisions, STALE_EPOCH } from '../../src/grants/slots/gate-answers.js';
import { gateKeys } from '../../src/grants/slots/gate-keys.js';
import type { GateOwnership } from '../../src/grants/slots/gate-ownership.js';
import { GateRunner } from '../../src/grants/slots/gate-runner.js';
import { SlotService } from '../../src/grants/slots/slot.service.js';
import type { World } from './world.js';

/** Lets the current gate decide without the knowledge of any instance of the service. */
export async function decideFromOutside(
  world: World,
  campaignId: string,
  userIds: readonly string[],
): Promise<ClaimDecisions | typeof STALE_EPOCH> {
  const [epoch, nonce, identity] = await world.redis.hmget(
    gateKeys(campaignId).facts,
    'epoch',
    'nonce',
    'identity',
  );
  if (!epoch || !nonce || !identity) return STALE_EPOCH;
  const ownership = { identity, round: 0 } as GateOwnership;
  const environment = readEnvironment({ ...world.variables });
  const slots = new SlotService(new GateRunner(world.redis, ownership, environment), ownership, environment);
  const gate = { campaignId, epoch, nonce };
  return (await slots.admits(gate)) ? slots.claim(gate, userIds) : STALE_EPOCH;
}
