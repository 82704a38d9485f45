import type { ClaimDecision, ExpiredLeases } from './gate-answers.js';
import { type GateClaim, parseGateClaim } from './gate-claim.js';

/** What a script returns, as ioredis hands it over. */
export type Reply = readonly unknown[];

/** The first element of a reply from a script that another gate, or another server, refused. */
export const STALE_REPLY = 'STALE';

/** What the claim script decided for this user. */
export function toDecision(userId: string, [code, value, position]: Reply): ClaimDecision {
  switch (code) {
    case 'NEW':
    case 'KNOWN':
      return {
        kind: 'claim',
        fresh: code === 'NEW',
        claim: parseGateClaim(userId, String(value)),
        waitingPosition: position === 0 ? null : Number(position),
      };
    case 'NOT_OPEN':
      return { kind: 'not-open', opensAt: Number(value) };
    case 'PAUSED':
      return { kind: 'paused' };
    case 'CLOSED':
      return { kind: 'closed' };
    case 'FULL':
      return { kind: 'full' };
    case 'NO_ROOM':
      return { kind: 'no-room' };
    default:
      throw new Error(`The claim script returned an unknown code: ${String(code)}`);
  }
}

/** A user, and what the gate remembers of them. */
export function toClaim([userId, record]: readonly [string, string]): GateClaim {
  return parseGateClaim(userId, record);
}

/** @param reply of the script `expired`, which was not stale */
export function toExpiredLeases(reply: Reply): ExpiredLeases {
  const [, epoch, slots, places] = reply as [string, string, [string, string, string][], [string, string][]];
  return {
    epoch,
    slots: slots.map(([slot, userId, record]) => ({
      grantSeq: Number(slot),
      userId,
      claim: userId === '' || record === '' ? null : parseGateClaim(userId, record),
    })),
    places: places.filter(([, record]) => record !== '').map(toClaim),
  };
}
