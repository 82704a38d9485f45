/**
 * The version of the layout of a gate in Redis, see `scripts/layout.lua`. Raise it when the meaning of any key changes:
 * a gate of an older layout is rebuilt, one of a newer layout is left to the release that wrote it (docs/adr/0014).
 */
export const GATE_LAYOUT = 4;

/** People per part of the claims, about. Redis keeps hashes of up to 512 fields packed. */
const PEOPLE_A_PART = 64;

/** The number of parts for the claims of so many people: a prime, so that user ids with a pattern spread, too. */
export function claimParts(people: number): number {
  let parts = Math.max(3, Math.ceil(people / PEOPLE_A_PART)) | 1;
  while (!isOddPrime(parts)) parts += 2;
  return parts;
}

function isOddPrime(odd: number): boolean {
  for (let divisor = 3; divisor * divisor <= odd; divisor += 2) if (odd % divisor === 0) return false;
  return true;
}

/** The part that holds this user's claim, by the last nine digits of the id. */
export function claimPart(userId: string, parts: number): number {
  return Number(userId.slice(-9)) % parts;
}

/** Bytes of `holders` per slot: the digits of the largest user id. */
export const HOLDER_WIDTH = 19;

/** The offset of a slot's holder in `holders`. */
export function holderOffset(grantSeq: number): number {
  return (grantSeq - 1) * HOLDER_WIDTH;
}

/** The text at that offset; null for nobody. */
export function holderCell(userId: string | null): string {
  return userId === null ? '\0'.repeat(HOLDER_WIDTH) : userId.padStart(HOLDER_WIDTH, '0');
}

/** Slot -> holder. @param holders all cells, from slot 1 on */
export function parseHolders(holders: string): Map<number, string> {
  const users = new Map<number, string>();
  for (let at = 0, slot = 1; at < holders.length; at += HOLDER_WIDTH, slot++) {
    const [, userId] = /^0*(\d+)$/.exec(holders.slice(at, at + HOLDER_WIDTH)) ?? [];
    if (userId !== undefined) users.set(slot, userId);
  }
  return users;
}
