import type { BankEvent } from './bank-log.js';
import { type BooksSnapshot, type LedgerTransaction, paysByProvider } from './books-snapshot.js';

/** A witness' record of money: it went to a user, it came back later, or it was definitely refused. */
export interface MoneyRecord {
  readonly what: 'moved' | 'returned' | 'refused';
  readonly key: string;
  /** Empty if the witness does not know. */
  readonly userId: string;
  /** Minor units; 0 when refused. */
  readonly amount: bigint;
  readonly currency: string;
}

const reversal = 'reversal:';
const bankEvents: Readonly<Partial<Record<BankEvent['event'], MoneyRecord['what']>>> = {
  settled: 'moved',
  reversed: 'returned',
  rejected: 'refused',
};

/** The only key under which a grant may be paid. */
export function grantKey(campaignId: string, userId: string): string {
  return `grant:${campaignId}:${userId}`;
}

/** The money records of the provider's log, in order. */
export function moneyInBankLog(log: readonly BankEvent[], campaignId: string): MoneyRecord[] {
  return log.flatMap((event): MoneyRecord[] => {
    const what = bankEvents[event.event];
    if (!what || event.campaignId !== campaignId) return [];
    return [
      {
        what,
        key: event.idempotencyKey ?? '',
        userId: event.userId ?? '',
        amount: what === 'refused' ? 0n : BigInt(event.amount ?? 0),
        currency: event.currency ?? '',
      },
    ];
  });
}

function userOfKey(key: string): string {
  return key.startsWith('grant:') ? (key.split(':').at(-1) ?? '') : '';
}

function moneyInTransaction(transaction: LedgerTransaction, books: BooksSnapshot): MoneyRecord[] {
  const { idempotencyKey, outcome, entries } = transaction;
  if (idempotencyKey === `fund:${books.campaignId}` || idempotencyKey.startsWith('return:')) return [];
  const key = idempotencyKey.startsWith(reversal) ? idempotencyKey.slice(reversal.length) : idempotencyKey;
  const wallet = entries.find(({ kind }) => kind === 'WALLET');
  const known = { key, userId: wallet?.userId ?? userOfKey(key), currency: books.currency };
  if (outcome === 'REJECTED') return [{ ...known, what: 'refused', amount: 0n }];
  const pool = entries.filter(
    ({ kind, campaignId }) => kind === 'CAMPAIGN' && campaignId === books.campaignId,
  );
  const change = pool.reduce((sum, { amount }) => sum + amount, 0n);
  if (change === 0n) return [];
  const currency = pool[0]?.currency ?? '';
  return change < 0n
    ? [{ ...known, currency, what: 'moved', amount: -change }]
    : [{ ...known, currency, what: 'returned', amount: change }];
}

/** The money records of our own ledger, in order. */
export function moneyInLedger(books: BooksSnapshot): MoneyRecord[] {
  return books.ledger.flatMap((transaction) => moneyInTransaction(transaction, books));
}

/**
 * The records of the authoritative witness: the provider if there is one, else our ledger, in which the money itself
 * moves. A provider is not asked to pay a closed wallet: the ledger alone is the witness of that. Null if a provider
 * pays and its log is not given.
 */
export function witnessedMoney(books: BooksSnapshot, log: readonly BankEvent[] | null): MoneyRecord[] | null {
  if (log) {
    const closedWallets = moneyInLedger(books).filter(({ what }) => what === 'refused');
    return [...moneyInBankLog(log, books.campaignId), ...closedWallets];
  }
  return paysByProvider(books) ? null : moneyInLedger(books);
}
