import type { BooksSnapshot } from '../checker/books-snapshot.js';
import type { Crowd } from './crowd.js';
import { Violations } from './violations.js';

/**
 * P3, P6: exactly the first `capacity` arrivals with open wallets are paid, or all of them if fewer got a place. A user
 * with a slot and a closed wallet is FAILED. The first arrival holds slot 1.
 */
export function checkRightPeoplePaid({ places, capacity }: BooksSnapshot, crowd: Crowd): string[] {
  const paid = new Violations('P3 the first arrivals with open wallets are paid, and nobody else');
  const failed = new Violations('P8 users with closed wallets are FAILED');
  const first = new Violations('P3 the first to arrive holds slot 1');

  const ours = new Set(crowd.userIds);
  const closed = new Set(crowd.closedWallets);
  let payable = 0;
  for (const { userId, arrivalNo, grantSeq, status, walletIsClosed } of places) {
    const shouldBePaid = !walletIsClosed && ++payable <= capacity;
    if (shouldBePaid !== (status === 'SUCCESS'))
      paid.add(`arrival ${arrivalNo} of user ${userId} is ${status}`);
    if (!ours.has(userId)) paid.add(`user ${userId} has a place, but never asked`);
    if (closed.has(userId) && !walletIsClosed) failed.add(`the wallet of user ${userId} is open again`);
    if (walletIsClosed && grantSeq !== null && status !== 'FAILED') failed.add(`user ${userId} is ${status}`);
    if (arrivalNo === 1 && grantSeq !== 1) first.add(`it holds ${grantSeq ?? 'none'}`);
  }
  return [...paid.toStrings(), ...failed.toStrings(), ...first.toStrings()];
}
