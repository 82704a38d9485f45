import { isOperatorDecision } from './books-snapshot.js';
import type { MoneyRecord } from './money.js';
import type { RunEvidence } from './run-evidence.js';
import type { Statement } from './statement.js';

function keysWhere(run: RunEvidence, what: MoneyRecord['what']): Set<string> {
  return new Set(run.money?.filter((record) => record.what === what).map(({ key }) => key));
}

function failedUsers({ books }: RunEvidence): string[] {
  return books.places.filter(({ status }) => status === 'FAILED').map(({ userId }) => userId);
}

/** P7 doubt is not failure. The money's witness decides, whenever it saw the event. */
export const DOUBT_IS_NOT_FAILURE: readonly Statement[] = [
  {
    name: 'P7.failed-moved-nothing',
    says: 'no user whose money moved, before or after, is FAILED, unless it was returned and the policy is `regrant`',
    examine: (run, findings) => {
      if (!run.money) return;
      const [moved, returned] = [keysWhere(run, 'moved'), keysWhere(run, 'returned')];
      findings.expectSome(keysWhere(run, 'refused').size > 0);
      for (const userId of failedUsers(run)) {
        findings.look();
        const key = run.keyOf(userId);
        const isReversal = run.books.reversalPolicy === 'regrant' && returned.has(key);
        if (moved.has(key) && !isReversal)
          findings.violate(`user ${userId} is FAILED, and ${key} moved money`);
      }
    },
  },
  {
    name: 'P7.failed-was-rejected',
    says: "every FAILED user has, on record, a definite rejection, a reversal, an operator's decision, or a revocation",
    examine: (run, findings) => {
      if (!run.money) return;
      const [refused, returned] = [keysWhere(run, 'refused'), keysWhere(run, 'returned')];
      const decided = new Set(
        run.books.payoutEvents.filter(isOperatorDecision).map(({ idempotencyKey }) => idempotencyKey),
      );
      const revoked = new Set(
        run.books.payouts
          .filter(({ state }) => state === 'REVOKED')
          .map(({ idempotencyKey }) => idempotencyKey),
      );
      findings.expectSome(refused.size > 0);
      for (const userId of failedUsers(run)) {
        findings.look();
        const key = run.keyOf(userId);
        if (!refused.has(key) && !returned.has(key) && !decided.has(key) && !revoked.has(key))
          findings.violate(`user ${userId} is FAILED, and nobody rejected ${key}`);
      }
    },
  },
  {
    name: 'P7.rejected-stays-rejected',
    says: 'no user whom the provider rejected was also paid, under any key',
    examine: ({ money }, findings) => {
      const refused = new Map(
        money?.filter(({ what }) => what === 'refused').map(({ userId, key }) => [userId, key]),
      );
      findings.look(refused.size);
      for (const { what, userId, key } of money ?? []) {
        const other = refused.get(userId);
        if (what === 'moved' && other !== undefined)
          findings.violate(`user ${userId} was rejected under ${other} and paid under ${key}`);
      }
    },
  },
  {
    name: 'P7.nothing-sent-when-forgotten',
    says: 'nothing was sent under a key that the provider had forgotten',
    examine: ({ bank, books }, findings) => {
      const forgotten = new Set<string>();
      for (const { event, idempotencyKey, campaignId, seq } of bank ?? []) {
        if (idempotencyKey === null || (campaignId !== null && campaignId !== books.campaignId)) continue;
        if (event === 'forgotten') {
          findings.look();
          forgotten.add(idempotencyKey);
        } else if (event !== 'fault' && event !== 'reversed' && forgotten.has(idempotencyKey)) {
          findings.violate(`${idempotencyKey} came again after it had been forgotten: ${event} (seq ${seq})`);
        }
      }
    },
  },
];
