import { CampaignWriter, hashOf } from '../../../verification/sample-log/campaign-writer.js';
import { LOG_LEAF } from './signed-log.js';

/** When witnesses saw its first ten leaves, of which the last is the terms. */
export const SEEN_BEFORE_OPENING_MS = 1_764_099_990_000;

/** The campaign of the good log. */
export const CAMPAIGN = 'ten-won';

/**
 * A log in which everything happens that can happen honestly: a line, promotions, failures, lost numbers, a pause,
 * money that came back, an end, and another campaign before, between and behind.
 */
export function goodLog(
  commitmentOf: (arrivalNo: number) => string = (n) => hashOf(`person ${n}`),
): string[] {
  const leaves: string[] = [LOG_LEAF];
  const write = (leaf: string): void => void leaves.push(leaf);
  const other = new CampaignWriter(
    { campaign: 'other', capacity: 9, waitingCapacity: 0, reversalPolicy: 'keep' },
    write,
  );
  other.begin();
  for (let n = 0; n < 6; n++) other.claim();
  const own = new CampaignWriter(
    { campaign: CAMPAIGN, capacity: 4, waitingCapacity: 3, reversalPolicy: 'regrant' },
    write,
    commitmentOf,
  );
  own.begin();
  for (let n = 0; n < 7; n++) own.claim(); // 1 to 4 hold slots, 5 to 7 wait
  own.fail(2);
  own.promote(); // 5
  other.claim();
  own.rebuild(2); // 8 and 9 are lost
  own.claim(); // 10 waits
  own.leave(6);
  own.pay(1);
  own.pay(3);
  own.change('PAUSED');
  own.change('OPEN');
  own.claim(); // 11 waits
  own.pay(4);
  own.reverse(3, 'regrant');
  own.promote(); // 7
  own.end(); // 10 and 11 waited in vain
  own.reverse(1, 'keep');
  for (let n = 0; n < 2; n++) other.claim();
  other.end();
  return leaves;
}
