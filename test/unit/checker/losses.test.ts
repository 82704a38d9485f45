import { checkRecords } from '../../../verification/checker/check-records.js';
import { parseFaultPlan } from '../../../verification/checker/fault-plan.js';
import type { Loss } from '../../../verification/checker/loss.js';
import { UnusableInputError } from '../../../verification/checker/unusable-input.js';
import { honestRun, type MutableRecords } from '../../support/honest-run.js';

/** A user whose rows the database lost. */
const LOST = '4242';
const loss: Loss = { from: 2_000, to: 2_100, noticed: 2_200 };
const createdAt = new Date(Date.parse('2026-11-22T09:00:02.050Z')).toISOString();

const answer = (status: string, arrivalNo = 77): Record<string, unknown> => {
  return { campaignId: 'simulated', userId: LOST, status, arrivalNo, grantSeq: 1, createdAt };
};
const claim = (start: number, end: number, status = 202, body = answer('PENDING')) => {
  return { client: 'c1', op: 'claim', campaignId: 'simulated', userId: LOST, start, end, status, body };
};

/** A run in which the provider paid a user who was told a place, and both rows are lost. */
function lossy(asked: ReturnType<typeof claim> = claim(2_010, 2_050)): MutableRecords {
  const records = honestRun({ seed: 7, paysBy: 'provider', reversalPolicy: 'keep' });
  const settled = records.bank!.find(({ event }) => event === 'settled')!;
  records.history.push(asked);
  records.bank!.push({ ...settled, seq: 1_000, userId: LOST, idempotencyKey: `grant:simulated:${LOST}` });
  return records;
}

const violated = (records: MutableRecords, losses: readonly Loss[] = [loss]): (string | null)[] =>
  checkRecords({ ...records, losses }).flatMap(({ verdict, name }) => (verdict === 'violated' ? [name] : []));

describe('A database that was set back', () => {
  const unaccounted = ['P9.payouts-agree-with-the-money', 'P9.ledger-agrees-with-the-provider'];

  it('may lose commits of the declared period, and nothing else', () => {
    expect(violated(lossy())).toEqual([]);
    expect(violated(lossy(), [])).toEqual(['P2.gate-remembers', 'P4.told-is-durable', ...unaccounted]);
  });

  it.each([
    ['before', claim(1_900, 1_999)],
    ['after', claim(2_101, 2_150)],
  ])('must keep what was answered %s that period', (_, asked) => {
    expect(violated(lossy(asked))).toEqual(['P2.gate-remembers', 'P4.told-is-durable', ...unaccounted]);
  });

  it('does not excuse a double payment', () => {
    const records = lossy();
    records.bank!.push({ ...records.bank!.at(-1)!, seq: 1_001 });
    expect(violated(records)).toEqual(['P2.one-transfer-per-user']);
  });

  it('may lose the grant and the payout of a user who is in line again', () => {
    const records = lossy();
    const waiting = { ...records.books.places.at(-1)!, userId: LOST, arrivalNo: 1_000 };
    records.books.places.push({ ...waiting, status: 'WAITING', grantSeq: null });
    records.books.waitingCapacity += 1;
    const found = violated(records);
    for (const name of ['P1.money-within-capacity', ...unaccounted]) expect(found).not.toContain(name);
  });

  it('lets a lost user be accepted again, once', () => {
    const records = lossy();
    records.bank!.pop();
    const first = records.history.find(
      ({ campaignId, status }) => campaignId === 'simulated' && status === 202,
    )!;
    records.history.push({ ...first, start: 2_020, end: 2_030, body: { ...first.body, arrivalNo: 76 } });
    expect(violated(records)).toEqual([]);
    records.history.push({ ...first, start: 2_300, end: 2_310 });
    expect(violated(records)).toContain('P2.first-time-once');
  });

  it('may leave room for everybody, so that the run needs no “sold out”', () => {
    const records = lossy();
    records.bank!.pop();
    const placed = new Set(records.books.places.map(({ userId }) => userId).concat(LOST));
    records.history = records.history.filter(
      ({ userId, status }) => userId === null || (placed.has(userId) && status !== 409),
    );
    const missing = checkRecords({ ...records, losses: [loss] }).filter(
      ({ verdict }) => verdict === 'missing',
    );
    expect(missing.map(({ name }) => name)).not.toContain('P5.sold-out-was-full');
  });

  it('excuses a “sold out” that rested on lost rows until the service must have noticed the loss', () => {
    const soldOut = (start: number) => {
      const records = lossy();
      records.bank!.pop();
      records.books.waitingCapacity = 1_000; // so that the campaign was not full
      records.history = records.history.filter(({ status }) => status !== 409);
      records.history.push({
        ...claim(start, start + 10, 409),
        ...{ userId: '4243', body: { code: 'sold-out' } },
      });
      return violated(records);
    };
    expect(soldOut(2_190)).toEqual([]);
    expect(soldOut(2_201)).toEqual(['P5.sold-out-was-full']);
    expect(soldOut(1_980)).toEqual(['P5.sold-out-was-full']);
  });

  it.each(['{"from":1}', '{"from":2,"to":1,"noticed":3}', '{"from":1,"to":3,"noticed":2}', '7', 'null'])(
    'is declared by three times in order, not by %s',
    (declared) => {
      const plan = (losses: string) => parseFaultPlan(`{"planned":{},"fired":{},"losses":${losses}}`);
      expect(() => plan(`[${declared}]`)).toThrow(UnusableInputError);
      expect(plan('[{"from":1,"to":2,"noticed":3}]').losses).toEqual([{ from: 1, to: 2, noticed: 3 }]);
    },
  );
});
