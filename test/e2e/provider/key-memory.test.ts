import { eventually } from '../../support/eventually.js';
import { ProviderWorld } from '../../support/provider-world.js';
import { users } from '../../support/rush.js';
import { ServiceProcess } from '../../support/service-process.js';

const MEMORY_MS = 3_000;

let at: ProviderWorld;

beforeAll(async () => {
  at = await ProviderWorld.start(
    'provider-key-memory',
    {
      PAYOUT_KEY_MEMORY_MS: String(MEMORY_MS),
      PAYOUT_KEY_MARGIN_MS: '1000',
      PAYOUT_HOLD_AFTER_MS: '5000',
    },
    { keyMemoryMs: MEMORY_MS },
  );
});

afterAll(async () => {
  await ServiceProcess.killAll();
  await at.close();
});

/** A campaign of one slot, which `first` holds; one more person waits. */
async function claimed(campaignId: string, first: number): Promise<void> {
  await at.client.createCampaign({ id: campaignId, capacity: 1, waitingCapacity: 1 });
  for (const userId of users(first, 2)) await at.client.claim(campaignId, userId);
}

/** A worker in its own process that freezes when it first reaches the failpoint. */
function frozenAt(failpoint: string): Promise<ServiceProcess> {
  return ServiceProcess.start({
    ...at.world.variables,
    APP_ROLE: 'worker',
    PAYOUT_HTTP_TIMEOUT_MS: '1500', // a longer lease, so that no other worker takes the payout during the set-up
    FAILPOINTS: `${failpoint}:stop`,
  });
}

const stateOf = async (campaignId: string, userId: number): Promise<string | undefined> =>
  (await at.payout(campaignId, userId))?.state;

/** The payout waits for an operator and keeps its slot. */
async function expectHeld(campaignId: string, first: number): Promise<void> {
  await eventually(async () => expect(await stateOf(campaignId, first)).toBe('HELD'), 30_000);
  expect((await at.client.status(campaignId, first)).body.status).toBe('PENDING');
  expect((await at.client.status(campaignId, first + 1)).body.status).toBe('WAITING');
}

describe('P2, P7: nothing is sent under a key that the provider may have forgotten', () => {
  it('sends again while the key is known, then only looks up, then holds the payout for an operator', async () => {
    const worker = await at.world.start('worker');
    await at.bank.control.planFault({ userId: '300' }, 'timeoutBefore', 100_000);
    await claimed('kept-asking', 300);
    await expectHeld('kept-asking', 300);
    const asked = (await at.log('kept-asking')).map(({ at: time }) => Date.parse(time));
    expect(asked.length).toBeGreaterThan(1);
    expect(Math.max(...asked) - Math.min(...asked)).toBeLessThan(MEMORY_MS);
    await expectDecided('kept-asking', 300);
    await worker.close();
  });

  it('neither a worker that froze before sending nor its successor sends, and late doubt is not recorded', async () => {
    const beforeSending = await frozenAt('payout.recorded');
    const beforeRecording = await frozenAt('provider.answered');
    // One at a time, so that each worker freezes on the payout that is meant for it.
    beforeRecording.signal('SIGSTOP');
    await claimed('slept-before', 100);
    await eventually(async () => expect(await stateOf('slept-before', 100)).toBe('SENDING'));
    beforeRecording.signal('SIGCONT');
    await at.bank.control.planFault({ userId: '200' }, 'errorBefore');
    await claimed('slept-after', 200);
    await eventually(async () => expect(await at.log('slept-after')).toHaveLength(1));

    await at.world.start('worker');
    await Promise.all([expectHeld('slept-before', 100), expectHeld('slept-after', 200)]);
    const before = await events(['slept-before', 'slept-after']);
    for (const worker of [beforeSending, beforeRecording]) worker.signal('SIGCONT');
    // A worker finishes its jobs before it exits, so whatever it was about to do is done by then.
    for (const worker of [beforeSending, beforeRecording])
      expect(await worker.end('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(await at.log('slept-before')).toEqual([]);
    expect(await at.moved('slept-after')).toEqual({});
    expect(await events(['slept-before', 'slept-after'])).toEqual(before);
    expect(await stateOf('slept-before', 100)).toBe('HELD');
    await expectDecided('slept-before', 100);
  }, 120_000);
});

/** An operator's rejection ends the payout, and the slot goes to the next in line. */
async function expectDecided(campaignId: string, first: number): Promise<void> {
  const decision = { state: 'REJECTED', reason: 'the bank has never seen it' };
  expect((await at.client.decide(campaignId, first, decision)).status).toBe(200);
  await eventually(async () =>
    expect((await at.client.status(campaignId, first + 1)).body.status).toBe('SUCCESS'),
  );
  expect(await at.moved(campaignId)).toEqual({ [first + 1]: 1 });
}

const events = (campaignIds: readonly string[]): Promise<unknown[]> =>
  at.world.rows(
    `SELECT idempotency_key, event, detail FROM payout_events
      WHERE split_part(idempotency_key, ':', 2) = ANY ($1) ORDER BY id`,
    [campaignIds],
  );
