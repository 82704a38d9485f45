import { HELD_LOOKED_AT } from '../../src/payouts/operators/decision-records.js';
import { Client } from '../support/client.js';
import { pendingCampaign } from '../support/pending-campaign.js';
import { expectProblem } from '../support/problem.js';
import { World } from '../support/world.js';

let world: World;
let client: Client;

beforeAll(async () => {
  world = await World.create();
  client = new Client(await world.start('api'));
});

afterAll(() => world.close());

it('a decision looks at a bounded number of HELD payouts, and says where to go on', async () => {
  await pendingCampaign(world, client, { id: 'many', capacity: HELD_LOOKED_AT + 1 });
  await world.rows(
    `INSERT INTO payouts (campaign_id, user_id, idempotency_key, state, attempts, first_sent_at, last_error)
     SELECT 'many', user_id, 'grant:many:' || user_id, 'HELD', 1, now(), CASE user_id WHEN $1 THEN 'rare' ELSE 'usual' END
       FROM user_grants WHERE campaign_id = 'many'`,
    [HELD_LOOKED_AT + 1],
  );
  const propose = (scope: Record<string, unknown>) =>
    client.operate('post', 'campaigns/many/payout-decisions', {
      ...{ decision: 'RESEND', reason: 'the bank never saw them', lastError: 'rare' },
      ...scope,
    });
  const refused = expectProblem(await propose({}), 409, 'illegal-transition');
  expect(refused.detail).toContain(`go on with "after": "${HELD_LOOKED_AT}"`);
  expect(await propose({ after: String(HELD_LOOKED_AT) })).toMatchObject({ status: 201, body: { count: 1 } });
  const none = expectProblem(
    await propose({ after: String(HELD_LOOKED_AT), lastError: 'no such' }),
    ...([409, 'illegal-transition'] as const),
  );
  expect(none.detail).not.toContain('go on');
});
