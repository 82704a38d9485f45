import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { BankProcess } from '../../verification/bank/bank-process.js';
import { BankCustomer, transferIn } from '../support/bank-customer.js';
import { newBankLog } from '../support/bank-folder.js';
import { eventually } from '../support/eventually.js';
import { send } from '../support/http.js';

const { keyOf, bodyFor } = BankCustomer;

let bank: BankProcess;
let customer: BankCustomer;

beforeAll(async () => {
  bank = await BankProcess.start({ logFile: await newBankLog() });
  customer = new BankCustomer(bank);
});

afterAll(() => BankProcess.killAll());

/** How often money moved for a user, according to the log. */
async function movesOf(userId: string, of = bank): Promise<number> {
  return (await of.readLog()).filter((line) => line.event === 'settled' && line.userId === userId).length;
}

describe('a transfer', () => {
  it('is answered 201 the first time and 200 again, with the same transfer; the money moves once', async () => {
    const first = await customer.pay('1');
    expect(first.status).toBe(201);
    const transfer = transferIn(first);
    expect(transfer).toEqual({
      id: expect.stringMatching(/^tr_\d{6}$/),
      idempotencyKey: 'grant:spring-drop:1',
      campaignId: 'spring-drop',
      userId: '1',
      amount: 10,
      currency: 'KRW',
      state: 'settled',
      reason: null,
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
    const again = await customer.pay('1');
    expect({ status: again.status, text: again.text }).toEqual({ status: 200, text: first.text });
    expect(await movesOf('1')).toBe(1);
  });

  it('is made once, however many requests come at once under its key', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => customer.pay('2')));
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array<number>(49).fill(200), 201]);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(await movesOf('2')).toBe(1);
  });

  it('that is rejected is answered 422, for ever, and moves nothing', async () => {
    await bank.control.setOdds({ rejectUsers: ['3'] });
    await bank.control.planFault({ userId: '4' }, 'reject');
    const [closed, refused] = [await customer.pay('3'), await customer.pay('4')];
    await bank.control.setOdds({});
    expect([closed.status, refused.status]).toEqual([422, 422]);
    expect(transferIn(closed)).toMatchObject({ state: 'rejected', reason: 'account-closed' });
    expect(transferIn(refused)).toMatchObject({ state: 'rejected', reason: 'refused' });
    const again = await customer.pay('3');
    expect({ status: again.status, text: again.text }).toEqual({ status: 422, text: closed.text });
    expect(await movesOf('3')).toBe(0);
  });

  it('with other bytes under a known key is refused with 409 key-reused, and the log says so', async () => {
    await customer.pay('5');
    const spaced = bodyFor('5').replace('{', '{ ');
    for (const body of [spaced, bodyFor('5').replace('10', '11')]) {
      const { status, text } = await customer.post(keyOf('5'), body);
      expect({ status, text }).toEqual({ status: 409, text: '{"code":"key-reused"}' });
    }
    const conflicts = (await bank.readLog()).filter(({ event }) => event === 'key-conflict');
    expect(conflicts).toMatchObject([
      { userId: '5', amount: 10 },
      { userId: '5', amount: 11 },
    ]);
    expect(await movesOf('5')).toBe(1);
  });

  it.each([
    ['no JSON', '{"campaignId":'],
    ['no object', '[]'],
    ['no user', '{"campaignId":"c","amount":10,"currency":"KRW"}'],
    ['a user that is a number', '{"campaignId":"c","userId":42,"amount":10,"currency":"KRW"}'],
    ['no campaign', '{"userId":"42","amount":10,"currency":"KRW"}'],
    ['an amount of nothing', '{"campaignId":"c","userId":"42","amount":0,"currency":"KRW"}'],
    ['a part of a unit', '{"campaignId":"c","userId":"42","amount":1.5,"currency":"KRW"}'],
    ['no currency', '{"campaignId":"c","userId":"42","amount":10,"currency":"won"}'],
  ])('is refused with 400 for bad input: %s', async (_, body) => {
    expect((await customer.post('bad-input', body)).status).toBe(400);
    expect((await customer.get('/transfers/bad-input')).status).toBe(404);
  });

  it('is refused without a key, and with more than 16 KiB', async () => {
    expect((await customer.post('', bodyFor('6'))).status).toBe(400);
    expect((await customer.post(keyOf('6'), bodyFor('6').padEnd(20_000))).status).toBe(413);
    expect((await customer.lookUp('6')).status).toBe(404);
  });

  it.each(['', 'Bearer ', 'Bearer wrong', 'Basic wrong'])(
    'and every other call is refused without the right bearer: "%s"',
    async (Authorization) => {
      for (const [method, path] of [
        ['POST', '/transfers'],
        ['GET', `/transfers/${keyOf('1')}`],
        ['GET', '/transfers?campaignId=spring-drop'],
        ['GET', '/control/state'],
        ['PUT', '/control/odds'],
      ] as const) {
        const body = method === 'GET' ? {} : { body: bodyFor('7') };
        const headers = { Authorization, 'Idempotency-Key': keyOf('7') };
        expect((await send(bank.url, { method, path, headers, ...body })).status).toBe(401);
      }
      expect((await customer.lookUp('7')).status).toBe(404);
    },
  );
});

describe('looking up and listing', () => {
  it('finds a transfer by its key, and answers 404 not-found for an unknown key', async () => {
    const paid = await customer.pay('10');
    const found = await customer.lookUp('10');
    expect({ status: found.status, text: found.text }).toEqual({ status: 200, text: paid.text });
    const unknown = await customer.lookUp('11');
    expect({ status: unknown.status, text: unknown.text }).toEqual({
      status: 404,
      text: '{"code":"not-found"}',
    });
    expect((await customer.get('/transfers/%ff')).status).toBe(400);
  });

  it('lists a campaign page by page, in the order in which transfers were made', async () => {
    const users = ['3', '1', '2', '5', '4', '7', '6'];
    for (const user of users) {
      await customer.pay(user, 'listed');
      await customer.pay(user, 'another');
    }
    for (const limit of [1, 3, 7, 1000]) {
      expect((await customer.statement(limit, 'listed')).map(({ userId }) => userId)).toEqual(users);
    }
    const { text } = await customer.get('/transfers?campaignId=nothing');
    expect(JSON.parse(text)).toEqual({ transfers: [], next: null });
  });

  it('gives 100 transfers a page by default, at most 1000', async () => {
    await Promise.all(Array.from({ length: 101 }, (_, user) => customer.pay(String(user + 1), 'large')));
    const page = JSON.parse((await customer.get('/transfers?campaignId=large')).text) as {
      transfers: unknown[];
      next: string;
    };
    expect(page.transfers).toHaveLength(100);
    expect(page.next).not.toBeNull();
    for (const query of ['limit=0', 'limit=1001', 'limit=x', 'after=x']) {
      expect((await customer.get(`/transfers?campaignId=large&${query}`)).status).toBe(400);
    }
    expect((await customer.get('/transfers')).status).toBe(400);
  });
});

describe('a reversal', () => {
  it('takes settled money back, once', async () => {
    await customer.pay('20');
    expect(await bank.control.reverse(keyOf('20'))).toMatchObject({ state: 'reversed', userId: '20' });
    expect(transferIn(await customer.lookUp('20')).state).toBe('reversed');
    const again = await customer.pay('20');
    expect(again.status).toBe(200);
    expect(transferIn(again).state).toBe('reversed');
    await expect(bank.control.reverse(keyOf('20'))).rejects.toThrow('409');
    await expect(bank.control.reverse('unknown')).rejects.toThrow('404');
  });
});

describe('the memory', () => {
  it('of what was answered survives SIGKILL at any moment', async () => {
    const mortal = await BankProcess.start({ logFile: await newBankLog() });
    const its = new BankCustomer(mortal);
    const told = new Map<string, string>();
    for (let life = 0; life < 3; life++) {
      const asking = Array.from({ length: 40 }, async (_, index) => {
        const user = String(life * 40 + index + 1);
        told.set(user, (await its.pay(user)).text);
      });
      await eventually(() => expect(told.size).toBeGreaterThan(life * 20));
      await mortal.kill();
      await Promise.allSettled(asking);
      await mortal.restart();
    }
    expect(told.size).toBeGreaterThan(0);
    for (const [user, text] of told) {
      const again = await its.pay(user);
      expect({ status: again.status, text: again.text }).toEqual({ status: 200, text });
      expect(await movesOf(user, mortal)).toBe(1);
    }
    const other = await its.post(keyOf('1'), bodyFor('1').replace('10', '99'));
    expect(other.status).toBe(409);
    const seqs = (await mortal.readLog()).map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, index) => index + 1));
  });

  it('cuts a torn last line off, says so, and goes on after the last whole one', async () => {
    const torn = await BankProcess.start({ logFile: await newBankLog() });
    const its = new BankCustomer(torn);
    const kept = await its.pay('1');
    await its.pay('2');
    await torn.kill();
    const whole = await readFile(torn.logFile, 'utf8');
    await writeFile(torn.logFile, whole.slice(0, -30)); // in the middle of the second line
    await torn.restart();
    await eventually(() => expect(torn.stderr).toContain('was torn'));
    expect((await its.lookUp('1')).text).toBe(kept.text);
    expect((await its.lookUp('2')).status).toBe(404);
    expect((await its.pay('2')).status).toBe(201);
    expect((await torn.readLog()).map(({ seq, userId }) => [seq, userId])).toEqual([
      [1, '1'],
      [2, '2'],
    ]);
  });

  it('is not opened when any line but the last is damaged', async () => {
    const damaged = await BankProcess.start({ logFile: await newBankLog() });
    const its = new BankCustomer(damaged);
    for (const user of ['1', '2', '3']) await its.pay(user);
    await damaged.stop();
    const [first = '', , third = ''] = (await readFile(damaged.logFile, 'utf8')).split('\n');
    await writeFile(damaged.logFile, `${first}\n${third}\n`);
    await expect(damaged.restart()).rejects.toThrow('Line 2 of');
    await writeFile(damaged.logFile, `${first}\n`);
    await appendFile(damaged.logFile, `not json\n${third}\n`);
    await expect(damaged.restart()).rejects.toThrow('Line 2 of');
  });

  it('of a key runs out: then money moves a second time, and the log shows it', async () => {
    const forgetful = await BankProcess.start({ logFile: await newBankLog(), keyMemoryMs: 1 });
    const its = new BankCustomer(forgetful);
    await forgetful.control.setOdds({ rejectUsers: ['9'] });
    const first = transferIn(await its.pay('1'));
    await its.pay('9');
    await forgetful.control.setOdds({});
    const second = await eventually(async () => {
      const answer = await its.pay('1');
      expect(answer.status).toBe(201);
      return transferIn(answer);
    });
    expect(second.id).not.toBe(first.id);
    expect(transferIn(await its.lookUp('1')).id).toBe(second.id); // the latest
    const listed = (await its.statement()).filter(({ userId }) => userId === '1');
    expect(listed.map(({ id }) => id)).toEqual([first.id, second.id]);
    const events = (await forgetful.readLog()).filter(({ userId }) => userId === '1');
    expect(events.map(({ event, id }) => [event, id])).toEqual([
      ['settled', first.id],
      ['forgotten', first.id],
      ['settled', second.id],
    ]);
    expect(await forgetful.control.state()).toMatchObject({ forgotten: 1 });
    // A rejection is final even when keys are forgotten.
    expect((await its.pay('9')).status).toBe(422);
    expect(await movesOf('9', forgetful)).toBe(0);
  });
});
