import { DataSource } from 'typeorm';
import { GateOwnership } from '../../src/grants/slots/gate-ownership.js';
import { payoutKey } from '../../src/ledger/payout-key.js';
import { SetBackPayouts } from '../../src/payouts/by-ledger/set-back-payouts.js';
import { Attempts } from '../../src/payouts/by-provider/attempts.js';
import { Revocations } from '../../src/payouts/operators/revocations.js';
import { takeOver } from '../../src/payouts/reconciliation/take-over.js';
import { Environment } from '../../src/platform/config/environment.js';
import { Client } from '../support/client.js';
import { pendingCampaign } from '../support/pending-campaign.js';
import { type RunningApp, World } from '../support/world.js';

// An attempt that is put back rewrites its payout without its grant's lock. Whoever begins a payout and names an index
// of it in ON CONFLICT may then miss both versions in that index, and violate the other unique index.

const CAMPAIGN = 'rewritten';
const REWRITES = 20_000;

let world: World;
let api: RunningApp;
let attempts: Attempts;
let setBacks: SetBackPayouts;

beforeAll(async () => {
  world = await World.create({
    PAYOUT_HTTP_URL: 'http://127.0.0.1:1', // nothing listens there; no worker runs
    PAYOUT_HTTP_SECRET: 'a-secret-for-trying-it',
  });
  api = await world.start('api');
  const campaign = { id: CAMPAIGN, capacity: 20, payoutProvider: 'http' } as const;
  await pendingCampaign(world, new Client(api), campaign);
  attempts = new Attempts(source(), api.app.get(Environment), api.app.get(GateOwnership));
  setBacks = new SetBackPayouts(source(), api.app.get(Environment));
});

afterAll(() => world.close());

const source = (): DataSource => api.app.get(DataSource);

/** Each begins the payout of a user, whatever others do to it. */
const beginnings: Readonly<Record<string, (userId: string) => Promise<unknown>>> = {
  'an attempt': (userId) => attempts.take(CAMPAIGN, [userId]),
  'a setback': (userId) => setBacks.setBack(CAMPAIGN, userId, 'sqlstate-22003'),
  'a revocation': (userId) =>
    api.app.get(Revocations).revoke({ campaignId: CAMPAIGN, userId, reason: 'asked for it', operator: '1' }),
  'a take-over from the statement': (userId) =>
    takeOver(
      source(),
      CAMPAIGN,
      {
        ...{ id: 'tr_1', idempotencyKey: payoutKey(CAMPAIGN, userId), campaignId: CAMPAIGN, userId },
        ...{ amount: 10, currency: 'KRW', state: 'settled', reason: null },
      },
      'reconcile',
    ),
};

describe('a payout that is rewritten meanwhile', () => {
  it.each(Object.keys(beginnings).map((name, n) => [name, String(n + 1)] as const))(
    'stops nobody who begins it: %s',
    async (name, userId) => {
      await attempts.take(CAMPAIGN, [userId]);
      let isOver = false;
      const rewriting = rewrite(userId).finally(() => (isOver = true));
      while (!isOver) await beginnings[name]?.(userId);
      await rewriting;
    },
  );
});

/** As attempts that are put back one after the other: each version has entries of its own in all indexes. */
function rewrite(userId: string): Promise<unknown> {
  return world.rows(`
    DO $$ BEGIN
      FOR n IN 1..${REWRITES} LOOP
        UPDATE payouts SET due_at = now() + n * interval '1 ms', updated_at = now(), fence = fence + 1
         WHERE idempotency_key = '${payoutKey(CAMPAIGN, userId)}';
        COMMIT;
      END LOOP;
    END $$`);
}
