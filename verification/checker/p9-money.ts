import { type BooksSnapshot, isOperatorDecision, paysByProvider } from './books-snapshot.js';
import { grouped } from './grouped.js';
import { type MoneyRecord, moneyInLedger } from './money.js';
import type { RunEvidence } from './run-evidence.js';
import type { Statement } from './statement.js';

type Stand = 'moved' | 'returned' | 'refused' | 'nothing';

function standByKey(records: readonly MoneyRecord[]): Map<string, Stand> {
  const stands = new Map<string, Stand>();
  for (const [key, own] of grouped(records, (record) => record.key)) {
    const has = (what: MoneyRecord['what']): boolean => own.some((record) => record.what === what);
    stands.set(key, has('returned') ? 'returned' : has('moved') ? 'moved' : 'refused');
  }
  return stands;
}

/** What our payout says about the money; undefined while it is in progress. */
const standOfPayout: Readonly<Record<string, Stand>> = {
  SETTLED: 'moved',
  REJECTED: 'refused',
  REVERSED: 'returned',
  REVOKED: 'nothing',
};

/** Number and sum of the payouts that the users keep. */
function total(records: readonly MoneyRecord[]): { count: number; sum: bigint } {
  let [count, sum] = [0, 0n];
  for (const { what, amount } of records) {
    if (what === 'moved') [count, sum] = [count + 1, sum + amount];
    if (what === 'returned') [count, sum] = [count - 1, sum - amount];
  }
  return { count, sum };
}

function paidUsers({ places, payouts }: BooksSnapshot): number {
  const reversed = new Set(payouts.filter(({ state }) => state === 'REVERSED').map(({ userId }) => userId));
  return places.filter(({ status, userId }) => status === 'SUCCESS' && !reversed.has(userId)).length;
}

function hasPaid({ books }: RunEvidence): boolean {
  return books.places.some(({ status }) => status === 'SUCCESS');
}

/** P9 money. The audit checks that every transaction sums to zero and every balance is the sum of its entries. */
export const MONEY: readonly Statement[] = [
  {
    name: 'P9.paid-is-amount-times-success',
    says: "what left the campaign's account is the amount times the number of SUCCESS grants whose payout was not reversed",
    examine: (run, findings) => {
      findings.expectSome(hasPaid(run));
      const paid = paidUsers(run.books);
      const { sum } = total(moneyInLedger(run.books));
      findings.look(paid);
      if (sum !== run.books.amount * BigInt(paid))
        findings.violate(`${sum} left the account, ${paid} people are paid ${run.books.amount} each`);
    },
  },
  {
    name: 'P9.each-move-is-the-amount',
    says: "every amount that moved or came back is the campaign's amount, in its currency",
    examine: (run, findings) => {
      findings.expectSome(hasPaid(run));
      const { amount, currency } = run.books;
      for (const record of run.money ?? []) {
        if (record.what === 'refused') continue;
        findings.look();
        if (record.amount !== amount || record.currency !== currency)
          findings.violate(`${record.key} ${record.what} ${record.amount} ${record.currency}`);
      }
    },
  },
  {
    name: 'P9.payouts-agree-with-the-money',
    says: 'our payouts and their witness agree, key by key, except where an operator decided',
    examine: (run, findings) => {
      findings.expectSome(hasPaid(run));
      if (!run.accountedMoney) return;
      const there = standByKey(run.accountedMoney);
      const decided = new Set(
        run.books.payoutEvents.filter(isOperatorDecision).map(({ idempotencyKey }) => idempotencyKey),
      );
      const ours = new Map(run.books.payouts.map(({ idempotencyKey, state }) => [idempotencyKey, state]));
      for (const key of new Set([...there.keys(), ...ours.keys()])) {
        findings.look();
        const stand = there.get(key) ?? 'nothing';
        const state = ours.get(key) ?? 'missing';
        const isDecided = decided.has(key) && stand === 'nothing';
        if (standOfPayout[state] !== stand && !isDecided)
          findings.violate(`${key}: there ${stand}, our payout is ${state}`);
      }
    },
  },
  {
    name: 'P9.ledger-agrees-with-the-provider',
    says: "our ledger and the provider's log agree in number, in sum, and key by key",
    examine: (run, findings) => {
      findings.expectSome(paysByProvider(run.books));
      if (!run.bank || !run.accountedMoney) return;
      const ledger = moneyInLedger(run.books).filter(({ what }) => what !== 'refused');
      const [here, there] = [
        standByKey(ledger),
        standByKey(run.accountedMoney.filter(({ what }) => what !== 'refused')),
      ];
      for (const key of new Set([...here.keys(), ...there.keys()])) {
        findings.look();
        if (here.get(key) !== there.get(key))
          findings.violate(
            `${key}: our ledger ${here.get(key) ?? 'nothing'}, the provider ${there.get(key) ?? 'nothing'}`,
          );
      }
      const [ours, theirs] = [total(ledger), total(run.accountedMoney)];
      if (ours.count !== theirs.count || ours.sum !== theirs.sum)
        findings.violate(
          `we paid ${ours.count} times, ${ours.sum}; the provider ${theirs.count} times, ${theirs.sum}`,
        );
    },
  },
];
