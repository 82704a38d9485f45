import { readToldPlace, saysNoPlace, saysPlace } from './answer.js';
import { grouped } from './grouped.js';
import { moneyInBankLog, moneyInLedger } from './money.js';
import { mayBeVoid, type Telling } from './run-evidence.js';
import type { Statement } from './statement.js';

/** Why two answers to one user, in either order, contradict each other. */
function difference({ place: a }: Telling, { place: b }: Telling): string | undefined {
  if (a.arrivalNo !== b.arrivalNo) return `was told arrivals ${a.arrivalNo} and ${b.arrivalNo}`;
  if (Date.parse(a.createdAt) !== Date.parse(b.createdAt))
    return `was told createdAt ${a.createdAt} and ${b.createdAt}`;
  if (a.grantSeq !== null && b.grantSeq !== null && a.grantSeq !== b.grantSeq)
    return `was told slots ${a.grantSeq} and ${b.grantSeq}`;
  return undefined;
}

/** P2 once: the answers to users. The audit checks that every user has one place in Postgres. */
const TOLD_ONCE: readonly Statement[] = [
  {
    name: 'P2.one-story-per-user',
    says: 'all answers to one user agree in arrivalNo and createdAt, and in grantSeq once there is one',
    examine: ({ tellingsOf }, findings) => {
      for (const [userId, tellings] of tellingsOf) {
        findings.look(tellings.length);
        const [first] = tellings;
        const slotted = tellings.find(({ place }) => place.grantSeq !== null);
        for (const telling of tellings) {
          const found = first && (difference(first, telling) ?? difference(slotted ?? first, telling));
          if (found) findings.violate(`user ${userId} ${found}`);
        }
      }
    },
  },
  {
    name: 'P2.told-own-place',
    says: "every answer with a place holds a complete one, the asker's own",
    examine: ({ answered, books }, findings) => {
      for (const operation of answered.filter(saysPlace)) {
        findings.look();
        const { userId, op, status, body } = operation;
        if (!readToldPlace(body, books.campaignId, userId))
          findings.violate(`user ${userId} was answered ${status} to a ${op} with ${JSON.stringify(body)}`);
      }
    },
  },
  {
    name: 'P2.first-time-once',
    says: 'a user is answered 202 (accepted now) at most once',
    examine: ({ answered, losses }, findings) => {
      const firsts = answered.filter(
        (operation) => operation.op === 'claim' && operation.status === 202 && !mayBeVoid(operation, losses),
      );
      findings.look(firsts.length);
      for (const [userId, own] of grouped(firsts, (operation) => operation.userId)) {
        if (own.length > 1) findings.violate(`user ${userId} was answered 202 ${own.length} times`);
      }
    },
  },
  {
    name: 'P2.place-is-kept',
    says: 'a user who was told a place is never told later that there is none',
    examine: ({ answered, tellingsOf }, findings) => {
      for (const operation of answered) {
        const [told] = tellingsOf.get(operation.userId) ?? [];
        if (!told || told.operation.end >= operation.start) continue;
        findings.look();
        if (!saysNoPlace(operation)) continue;
        const { userId, op, status, start } = operation;
        findings.violate(
          `user ${userId} had arrival ${told.place.arrivalNo} and was answered ${status} to a ${op} begun at ${start}`,
        );
      }
    },
  },
  {
    name: 'P2.gate-remembers',
    says: 'the gate knows every user who was told a place, by the same arrival number',
    examine: ({ gate, books, tellingsOf }, findings) => {
      findings.expectSome(tellingsOf.size > 0 && !books.isClosed && !books.isFinished);
      if (!gate) return;
      for (const [userId, [told]] of tellingsOf) {
        findings.look();
        const known = gate.claims.get(userId)?.arrivalNo;
        if (known !== told?.place.arrivalNo)
          findings.violate(
            `user ${userId} was told arrival ${told?.place.arrivalNo}, the gate knows ${known ?? 'nobody'}`,
          );
      }
    },
  },
];

/** P2 once: the money and its keys. */
const PAID_ONCE: readonly Statement[] = [
  {
    name: 'P2.one-transfer-per-user',
    says: 'money moved at most once per user and per key, even if it was returned in between',
    examine: ({ money, books }, findings) => {
      findings.expectSome(books.places.some(({ status }) => status === 'SUCCESS'));
      const moved = money?.filter(({ what }) => what === 'moved') ?? [];
      findings.look(moved.length);
      for (const [userId, own] of grouped(moved, (record) => record.userId)) {
        if (own.length > 1)
          findings.violate(
            `user ${userId} was paid ${own.length} times, under ${own.map(({ key }) => key).join(', ')}`,
          );
      }
      for (const [key, own] of grouped(moved, (record) => record.key)) {
        if (new Set(own.map(({ userId }) => userId)).size > 1)
          findings.violate(`${key} paid users ${own.map(({ userId }) => userId).join(', ')}`);
      }
    },
  },
  {
    name: 'P2.one-key-per-grant',
    says: "every payout, ours and the provider's, has the one key of its grant",
    examine: (run, findings) => {
      const { books, bank } = run;
      const seen = [
        ...books.payouts.map(({ userId, idempotencyKey: key }) => ({ where: 'our payouts', userId, key })),
        ...moneyInLedger(books).map(({ userId, key }) => ({ where: 'our ledger', userId, key })),
        ...moneyInBankLog(bank ?? [], books.campaignId).map(({ userId, key }) => ({
          where: "the provider's log",
          userId,
          key,
        })),
      ];
      findings.expectSome(books.places.some(({ status }) => status === 'SUCCESS'));
      findings.look(seen.length);
      for (const { where, userId, key } of seen) {
        if (key !== run.keyOf(userId)) findings.violate(`user ${userId} has the key ${key} in ${where}`);
      }
    },
  },
  {
    name: 'P2.one-request-per-key',
    says: 'all requests under a key were the same: the provider saw no key with another body',
    examine: ({ bank, books }, findings) => {
      findings.expectSome(bank !== null && books.places.some(({ status }) => status === 'SUCCESS'));
      for (const { event, idempotencyKey, seq } of bank ?? []) {
        if (event === 'fault' || !idempotencyKey?.startsWith(`grant:${books.campaignId}:`)) continue;
        findings.look();
        if (event === 'key-conflict')
          findings.violate(`${idempotencyKey} came with another body (seq ${seq})`);
      }
    },
  },
];

export const ONCE: readonly Statement[] = [...TOLD_ONCE, ...PAID_ONCE];
