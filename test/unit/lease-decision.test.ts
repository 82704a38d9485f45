import type { GateClaim } from '../../src/grants/slots/gate-claim.js';
import type { ClaimRecord } from '../../src/grants/claims/claim-record.js';
import { decideLease, type LeaseDecision } from '../../src/reaper/lease-decision.js';

const SLOT = 3;
const HOLDER: GateClaim = {
  userId: '7',
  state: 'PROCESSING',
  arrivalNo: 9,
  createdAt: 1_000,
  grantSeq: SLOT,
};

function row(status: ClaimRecord['status'], grantSeq: number | null = SLOT): ClaimRecord {
  const at = new Date(1_000);
  return {
    ...{ userId: '7', status, grantSeq, arrivalNo: 9, createdAt: at, updatedAt: at },
    ...{ amount: 10, currency: 'KRW', isHeld: false, isRegrantable: false },
    ...{ payoutState: null, payoutReference: null, payoutError: null },
  };
}

describe('P6, the reaper decides about an expired lease by what Postgres holds', () => {
  it.each<
    [because: string, claim: GateClaim | null, record: ClaimRecord | undefined, live: boolean, LeaseDecision]
  >([
    ['the holder was paid', HOLDER, row('SUCCESS'), true, 'settle'],
    ['the payout was rejected', HOLDER, row('FAILED'), false, 'free'],
    ['it was rejected, and somebody else has the slot', HOLDER, row('FAILED'), true, 'free'],
    ['the grant is still to be paid', HOLDER, row('PENDING'), true, 'ring'],
    ['there is a holder but no row', HOLDER, undefined, false, 'roll-forward'],
    ['the holder was promoted from the line', HOLDER, row('WAITING', null), false, 'roll-forward'],
    ['the holder was told that the campaign ended (R9)', HOLDER, row('ENDED', null), false, 'free'],
    ['there is neither a row nor a holder', null, undefined, false, 'reclaim'],
    ['somebody holds the slot in Postgres, nobody at the gate', null, undefined, true, 'distrust'],
    ['there is no row, and somebody else has the slot', HOLDER, undefined, true, 'distrust'],
    ['the holder waits, and somebody else has the slot', HOLDER, row('WAITING', null), true, 'distrust'],
    ['R8: the row names another slot, paid', HOLDER, row('SUCCESS', SLOT + 1), true, 'distrust'],
    ['R8: the row names another slot, pending', HOLDER, row('PENDING', SLOT + 1), false, 'distrust'],
    ['R8: the row names another slot, rejected', HOLDER, row('FAILED', SLOT + 1), false, 'distrust'],
  ])('%s', (_, claim, record, live, decision) => {
    expect(decideLease({ grantSeq: SLOT, userId: claim?.userId ?? '', claim }, record, live)).toBe(decision);
  });

  it('R7: distrusts a gate that has forgotten the claim of a holder', () => {
    expect(decideLease({ grantSeq: SLOT, userId: HOLDER.userId, claim: null }, undefined, false)).toBe(
      'distrust',
    );
  });

  it('P7: frees a slot only after a definite end', () => {
    const records = [undefined, ...(['SUCCESS', 'PENDING', 'WAITING'] as const).map((s) => row(s))];
    for (const record of records) {
      for (const live of [true, false]) {
        expect(
          decideLease({ grantSeq: SLOT, userId: HOLDER.userId, claim: HOLDER }, record, live),
        ).not.toMatch(/free|reclaim/);
      }
    }
  });
});
