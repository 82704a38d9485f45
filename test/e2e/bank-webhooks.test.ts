import { createHmac } from 'node:crypto';
import { BankProcess } from '../../verification/bank/bank-process.js';
import { BankCustomer } from '../support/bank-customer.js';
import { newBankLog } from '../support/bank-folder.js';
import { eventually } from '../support/eventually.js';
import { type ReceivedWebhook, WebhookReceiver } from '../support/webhook-receiver.js';

const { keyOf } = BankCustomer;

let bank: BankProcess;
let customer: BankCustomer;
let receiver: WebhookReceiver;
let lastUser = 0;
let user: string;

beforeAll(async () => {
  receiver = await WebhookReceiver.start();
  bank = await BankProcess.start({ logFile: await newBankLog(), webhookUrl: receiver.url });
  customer = new BankCustomer(bank);
});

beforeEach(async () => {
  user = String(++lastUser);
  await bank.control.setOdds({ webhookRetryMs: 10 });
});

afterAll(async () => {
  await BankProcess.killAll();
  receiver.close();
});

/** Waits until the user's webhooks have arrived and none is under way. */
async function received(count: number): Promise<ReceivedWebhook[]> {
  return eventually(async () => {
    expect(receiver.of(user)).toHaveLength(count);
    expect((await bank.control.state()).webhooks.waiting).toBe(0);
    return receiver.of(user);
  });
}

const typesOf = (webhooks: readonly ReceivedWebhook[]) => webhooks.map(({ type }) => type);

describe('a webhook', () => {
  it('reports a settled, a rejected and a reversed transfer, signed as Standard Webhooks requires', async () => {
    await customer.pay(user);
    await bank.control.reverse(keyOf(user));
    const events = await received(2);
    expect(typesOf(events)).toEqual(['transfer.settled', 'transfer.reversed']);
    expect(events.map(({ transfer }) => transfer.state)).toEqual(['settled', 'reversed']);
    user = String(++lastUser);
    await bank.control.planFault({ userId: user }, 'reject');
    await customer.pay(user);
    events.push(...(await received(1)));
    expect(events[2]).toMatchObject({ type: 'transfer.rejected', transfer: { reason: 'refused' } });
    expect(new Set(events.map(({ id }) => id)).size).toBe(3);
    for (const { headers, raw, id } of events) {
      expect(id).toMatch(/^evt_\d{6}$/);
      const timestamp = String(headers['webhook-timestamp']);
      expect(Math.abs(Date.now() / 1000 - Number(timestamp))).toBeLessThan(300);
      const hmac = createHmac('sha256', Buffer.from(bank.webhookSecret));
      const signature = hmac.update(`${id}.${timestamp}.${raw}`).digest('base64');
      expect(headers['webhook-signature']).toBe(`v1,${signature}`);
    }
  });

  it('shows what a look-up shows', async () => {
    await customer.pay(user);
    const [event] = await received(1);
    expect(JSON.parse((await customer.lookUp(user)).text)).toEqual(event!.transfer);
  });

  it('is sent again, unchanged and under the same id, until it is accepted', async () => {
    receiver.statuses = [503, 500, 401];
    await customer.pay(user);
    const attempts = await received(4);
    expect(new Set(attempts.map(({ id, raw }) => `${id} ${raw}`)).size).toBe(1);
    expect((await bank.control.state()).webhooks).toMatchObject({ failed: 3, waiting: 0 });
  });

  it('is not sent for a repeated request', async () => {
    await customer.pay(user);
    await customer.pay(user);
    await received(1);
  });

  it('never reuses an id after a restart', async () => {
    const ids = new Set(receiver.received.map(({ id }) => id));
    await bank.kill();
    await bank.restart();
    await customer.pay(user);
    expect(ids).not.toContain((await received(1))[0]!.id);
  });

  it('goes to the URL that the control endpoint sets, or nowhere', async () => {
    const elsewhere = await WebhookReceiver.start();
    try {
      await bank.control.setWebhookUrl(null);
      await customer.pay(user);
      await bank.control.setWebhookUrl(elsewhere.url);
      await customer.pay(String(++lastUser));
      await eventually(() => expect(elsewhere.received).toHaveLength(1));
      expect(elsewhere.received[0]!.transfer.userId).toBe(String(lastUser));
      await received(0);
    } finally {
      await bank.control.setWebhookUrl(receiver.url);
      elsewhere.close();
    }
  });
});

describe('what can go wrong with a webhook', () => {
  async function faults(): Promise<string[]> {
    await bank.control.state(); // answered once every fault that fired is in the log
    return (await bank.readLog()).flatMap((line) =>
      line.event === 'fault' && line.userId === user ? [line.fault] : [],
    );
  }

  it('comes twice under one id', async () => {
    await bank.control.planFault({ userId: user }, 'duplicateWebhook');
    await customer.pay(user);
    const [first, second] = await received(2);
    expect([second!.id, second!.raw]).toEqual([first!.id, first!.raw]);
    expect(await faults()).toEqual(['duplicateWebhook']);
  });

  it('comes late', async () => {
    await bank.control.setOdds({ lateWebhookMs: 2_000 });
    await bank.control.planFault({ userId: user }, 'lateWebhook');
    await customer.pay(user);
    expect(receiver.of(user)).toHaveLength(0);
    expect((await bank.control.state()).webhooks.waiting).toBe(1);
    await received(1);
    expect(await faults()).toEqual(['lateWebhook']);
  });

  it('comes out of order', async () => {
    await bank.control.setOdds({ shuffleMs: 2 ** 31 - 1 });
    await bank.control.planFault({ userId: user }, 'shuffledWebhooks');
    await customer.pay(user);
    await bank.control.reverse(keyOf(user));
    expect(typesOf(await received(2))).toEqual(['transfer.reversed', 'transfer.settled']);
    expect(await faults()).toEqual(['shuffledWebhooks']);
  });

  it('comes all the same when no other webhook overtakes it, and then counts as no fault', async () => {
    await bank.control.setOdds({ shuffleMs: 10 });
    await bank.control.planFault({ userId: user }, 'shuffledWebhooks');
    await customer.pay(user);
    await received(1);
    expect(await faults()).toEqual([]);
  });

  it('is lost', async () => {
    await bank.control.planFault({ userId: user }, 'lostWebhook');
    await customer.pay(user);
    expect(await faults()).toEqual(['lostWebhook']);
    await received(0);
  });

  it('is not even sent', async () => {
    await bank.control.setOdds({ webhook: 0 });
    await customer.pay(user);
    await received(0);
  });
});
