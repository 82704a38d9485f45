import { BankProcess } from '../../verification/bank/bank-process.js';
import { type RequestFault, requestFaults } from '../../verification/bank/fault-kinds.js';
import type { Odds } from '../../verification/bank/odds.js';
import { BankCustomer, transferIn } from '../support/bank-customer.js';
import { newBankLog } from '../support/bank-folder.js';
import { eventually } from '../support/eventually.js';
import type { Answer } from '../support/http.js';

const { keyOf } = BankCustomer;

/** What the caller gets: an answer, or a broken connection. */
const outcomeOf = (asked: Promise<Answer>): Promise<Answer | 'broke'> => asked.catch(() => 'broke' as const);

/** Delays and sizes that are small enough for a test. */
const small: Partial<Odds> = { holdMs: 200, dripMs: 1, hugeBytes: 3_000_000, delayedMs: 200, pendingMs: 200 };

let bank: BankProcess;
let customer: BankCustomer;
let lastUser = 0;
let user: string;

beforeAll(async () => {
  bank = await BankProcess.start({ logFile: await newBankLog(), odds: small });
  customer = new BankCustomer(bank);
});

beforeEach(async () => {
  user = String(++lastUser);
  await bank.control.setOdds(small);
});

afterAll(() => BankProcess.killAll());

async function settledIn(userId: string): Promise<number> {
  return (await bank.readLog()).filter((line) => line.event === 'settled' && line.userId === userId).length;
}

async function firedFor(userId: string): Promise<string[]> {
  await bank.control.state(); // answered once every fault that fired is in the log
  return (await bank.readLog()).flatMap((line) =>
    line.event === 'fault' && line.userId === userId ? [line.fault] : [],
  );
}

interface Expected {
  readonly moved: boolean;
  readonly check: (answer: Answer | 'broke') => void;
}

const breaks = (answer: Answer | 'broke') => expect(answer).toBe('broke');
const fails = (answer: Answer | 'broke') => expect(answer).toMatchObject({ status: 500 });

const expected: Readonly<Record<RequestFault, Expected>> = {
  timeoutAfter: { moved: true, check: breaks },
  timeoutBefore: { moved: false, check: breaks },
  errorAfter: { moved: true, check: fails },
  errorBefore: { moved: false, check: fails },
  tooMany: {
    moved: false,
    check: (answer) => expect(answer).toMatchObject({ status: 429, headers: { 'retry-after': '1' } }),
  },
  malformedAfter: {
    moved: true,
    check: (answer) => {
      if (answer !== 'broke') expect(() => transferIn(answer)).toThrow(SyntaxError);
    },
  },
  wrongEchoAfter: {
    moved: true,
    check: (answer) => {
      expect(answer).toMatchObject({ status: 201 });
      const { idempotencyKey, userId, amount, currency } = transferIn(answer as Answer);
      const wrong = [idempotencyKey !== keyOf(user), userId !== user, amount !== 10, currency !== 'KRW'];
      expect(wrong.filter(Boolean)).toHaveLength(1);
    },
  },
  hugeAfter: {
    moved: true,
    check: (answer) => {
      expect((answer as Answer).text.length).toBeGreaterThan(3_000_000);
      expect(transferIn(answer as Answer)).toMatchObject({ idempotencyKey: keyOf(user), state: 'settled' });
    },
  },
  dripAfter: {
    moved: true,
    check: (answer) => expect(transferIn(answer as Answer)).toMatchObject({ state: 'settled' }),
  },
  resetAfter: { moved: true, check: breaks },
  resetBefore: { moved: false, check: breaks },
  delayedBefore: { moved: false, check: breaks },
};

describe('a planned fault', () => {
  it.each(requestFaults)(
    'fires once, is in the log, and leaves the outcome of the transfer alone: %s',
    async (kind) => {
      // The delayed request must not be executed before the test has looked.
      await bank.control.setOdds({ ...small, delayedMs: 2_000 });
      await bank.control.planFault({ userId: user }, kind);
      const before = (await bank.control.state()).faults[kind] ?? 0;
      const { moved, check } = expected[kind];
      check(await outcomeOf(customer.pay(user)));
      expect(await settledIn(user)).toBe(moved ? 1 : 0);
      expect((await customer.lookUp(user)).status).toBe(moved ? 200 : 404);
      expect(await firedFor(user)).toEqual([kind]);
      expect((await bank.control.state()).faults[kind]).toBe(before + 1);
      const again = await customer.pay(user);
      expect([again.status, transferIn(again).state]).toEqual([moved ? 200 : 201, 'settled']);
      expect(await settledIn(user)).toBe(1);
    },
  );

  it('fires for the next n requests of a user or of a key, and for no others', async () => {
    const other = String(++lastUser);
    await bank.control.planFault({ userId: user }, 'errorBefore', 2);
    await bank.control.planFault({ idempotencyKey: keyOf(other) }, 'resetBefore');
    expect((await customer.pay(user)).status).toBe(500);
    expect(await outcomeOf(customer.pay(other))).toBe('broke');
    expect((await customer.pay(user)).status).toBe(500);
    expect((await customer.pay(user)).status).toBe(201);
    expect((await customer.pay(other)).status).toBe(201);
  });

  it.each([
    [{ fault: 'errorAfter' }],
    [{ userId: '1', idempotencyKey: 'k', fault: 'errorAfter' }],
    [{ userId: '1', fault: 'nothing' }],
    [{ userId: '1', fault: 'errorAfter', times: 0 }],
  ])('is refused when it is invalid: %j', async (plan) => {
    const { fault, times, ...whom } = plan as { fault: 'errorAfter'; times?: number; userId: string };
    await expect(bank.control.planFault(whom, fault, times)).rejects.toThrow('400');
  });
});

describe('special faults', () => {
  it('a request that is still on its way is not found yet, and is executed once, later', async () => {
    await bank.control.planFault({ userId: user }, 'delayedBefore');
    expect(await outcomeOf(customer.pay(user))).toBe('broke');
    await eventually(async () => expect((await customer.lookUp(user)).status).toBe(200));
    expect((await customer.pay(user)).status).toBe(200);
    expect(await settledIn(user)).toBe(1);
  });

  it('a 429 can give Retry-After as a date', async () => {
    await bank.control.setOdds({ tooMany: 1, retryAfterAsDate: true, retryAfterSeconds: 60 });
    const { status, headers } = await customer.pay(user);
    expect(status).toBe(429);
    expect(Date.parse(headers['retry-after']!)).toBeGreaterThan(Date.now());
  });

  it('a pending transfer is decided a moment later, even if the bank is killed in between', async () => {
    const other = String(++lastUser);
    await bank.control.planFault({ userId: user }, 'pendingFirst');
    await bank.control.planFault({ userId: other }, 'pendingFirst');
    await bank.control.planFault({ userId: other }, 'reject');
    const [first, second] = [await customer.pay(user), await customer.pay(other)];
    expect([first.status, transferIn(first).state]).toEqual([201, 'pending']);
    expect([second.status, transferIn(second).state]).toEqual([201, 'pending']);
    await eventually(async () => expect(transferIn(await customer.lookUp(user)).state).toBe('settled'));
    await eventually(async () => expect((await customer.pay(other)).status).toBe(422));
    expect(transferIn(await customer.lookUp(user)).id).toBe(transferIn(first).id);
    expect(await settledIn(user)).toBe(1);
    expect(await settledIn(other)).toBe(0);

    const late = String(++lastUser);
    await bank.control.setOdds({ pendingFirst: 1, pendingMs: 2 ** 31 - 1 });
    expect(transferIn(await customer.pay(late)).state).toBe('pending');
    await bank.kill();
    await bank.restart();
    await eventually(async () => expect(transferIn(await customer.lookUp(late)).state).toBe('settled'));
    expect(await settledIn(late)).toBe(1);
  });

  it('a settled transfer is reversed later', async () => {
    await bank.control.setOdds({ reversal: 1, reversalDelayMs: 200 });
    expect(transferIn(await customer.pay(user)).state).toBe('settled');
    await eventually(async () => expect(transferIn(await customer.lookUp(user)).state).toBe('reversed'));
    const events = (await bank.readLog()).filter(({ userId }) => userId === user).map(({ event }) => event);
    expect(events).toEqual(['settled', 'reversed']);
  });

  it('look-ups and pages of the statement can fail as well', async () => {
    await customer.pay(user);
    await bank.control.planFault({ userId: user }, 'getError');
    await bank.control.planFault({ idempotencyKey: keyOf(user) }, 'getTimeout');
    expect((await customer.lookUp(user)).status).toBe(500);
    expect(await outcomeOf(customer.lookUp(user))).toBe('broke');
    expect((await customer.lookUp(user)).status).toBe(200);
    expect(await firedFor(user)).toEqual(['getError', 'getTimeout']);
    await bank.control.setOdds({ getError: 1 });
    expect((await customer.get('/transfers?campaignId=spring-drop')).status).toBe(500);
  });

  it('a time-out lasts until the client gives up', async () => {
    await bank.control.setOdds({ timeoutAfter: 1 }); // for two minutes unless the client gives up
    const headers = { Authorization: `Bearer ${bank.secret}`, 'Idempotency-Key': keyOf(user) };
    const asked = fetch(`${bank.url}/transfers`, {
      method: 'POST',
      headers,
      body: BankCustomer.bodyFor(user),
      signal: AbortSignal.timeout(300),
    });
    await expect(asked).rejects.toThrow('timeout');
    expect((await customer.lookUp(user)).status).toBe(200);
  });
});

describe('odds', () => {
  it('can be read, and are replaced as a whole', async () => {
    expect(await bank.control.setOdds({ errorAfter: 0.25, rejectUsers: ['7'] })).toMatchObject({
      errorAfter: 0.25,
      webhook: 1,
    });
    await bank.control.setOdds({ tooMany: 0.5 });
    expect(await bank.control.odds()).toMatchObject({ errorAfter: 0, tooMany: 0.5, rejectUsers: [] });
  });

  it.each([
    [{ errorAfter: 1.1 }],
    [{ errorAfter: -1 }],
    [{ errorAfter: '1' }],
    [{ nothing: 1 }],
    [{ errorAfter: 0.6, errorBefore: 0.6 }],
    [{ rejectUsers: [7] }],
    [{ holdMs: 0.5 }],
  ])('are refused when they are invalid: %j', async (odds) => {
    await expect(bank.control.setOdds(odds as object)).rejects.toThrow('400');
  });

  it('draw the answer independently of the outcome, and the same again for the same seed', async () => {
    const odds = { reject: 0.3, errorAfter: 0.2, errorBefore: 0.1, resetAfter: 0.1, tooMany: 0.1 };
    const users = Array.from({ length: 150 }, (_, index) => String(index + 1));
    const run = async (seed: number, order: string[]) => {
      const seeded = await BankProcess.start({ logFile: await newBankLog(), seed, odds });
      const its = new BankCustomer(seeded);
      const asked = order.map(async (id) => [id, await outcomeOf(its.pay(id))] as const);
      const answers = new Map(await Promise.all(asked));
      const outcomes = new Map((await its.statement()).map(({ userId, state }) => [userId, state]));
      await seeded.stop();
      return users.map((id) => {
        const answer = answers.get(id)!;
        return `${answer === 'broke' ? answer : answer.status} ${outcomes.get(id) ?? 'not made'}`;
      });
    };
    const once = await run(7, users);
    expect(await run(7, [...users].reverse())).toEqual(once);
    expect(await run(8, users)).not.toEqual(once);
    for (const combination of [
      '500 settled',
      '500 rejected',
      '500 not made',
      'broke settled',
      '201 settled',
    ]) {
      expect(once).toContain(combination);
    }
  });
});
