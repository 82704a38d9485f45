import { eventually } from '../../support/eventually.js';
import { ProviderWorld } from '../../support/provider-world.js';
import { rush, users } from '../../support/rush.js';

let at: ProviderWorld;

beforeAll(async () => {
  at = await ProviderWorld.start('provider-to-ledger', {
    PAYOUT_HOLD_AFTER_MS: '1500',
    PAYOUT_HTTP_BREAKER_MS: '100',
  });
});

afterAll(() => at.close());

it('a permanent switch from provider to ledger pays each user once and holds what is in doubt', async () => {
  await at.client.createCampaign({ id: 'switched', capacity: 8, waitingCapacity: 0 });
  // The payout of user 1 is in doubt, and its money has moved. After that the provider answers 401.
  await at.bank.control.planFault({ userId: '1' }, 'errorAfter');
  await at.bank.control.setOdds({ getError: 1 });
  const worker = await at.world.start('worker');
  await at.client.claim('switched', 1);
  await eventually(async () => expect((await at.payout('switched', 1))?.state).toBe('IN_DOUBT'));
  await worker.close();
  const refusing = await at.refuser(401);
  const refused = await at.world.start('worker', { PAYOUT_HTTP_URL: refusing.url });
  await rush([at.client], 'switched', users(2, 7));
  await eventually(async () => {
    for (const userId of users(2, 7))
      expect(['DUE', 'SENDING']).toContain((await at.payout('switched', userId))?.state);
  });
  await refused.close();

  await at.world.start('worker', { PAYOUT_PROVIDER: 'ledger' });
  await eventually(async () => expect((await at.payout('switched', 1))?.state).toBe('HELD'));
  await eventually(async () => {
    for (const userId of users(2, 7))
      expect((await at.client.status('switched', userId)).body.status).toBe('SUCCESS');
  });
  expect(await at.moved('switched')).toEqual({ 1: 1 });
  expect((await at.client.status('switched', 1)).body.status).toBe('PENDING');
  await at.client.decide('switched', 1, { state: 'SETTLED', reason: 'the bank has shown its books' });
  expect((await at.client.status('switched', 1)).body.status).toBe('SUCCESS');
  await refusing.close();
});
