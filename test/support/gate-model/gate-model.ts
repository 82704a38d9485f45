import type { GateClaim, GateState } from '../../../src/grants/slots/gate-claim.js';

export type ModelClaim = Omit<GateClaim, 'createdAt'>;

/** A row as Postgres holds it: a grant, or a place in the line. */
export interface ModelRow {
  readonly arrivalNo: number;
  readonly grantSeq: number | null;
  readonly status: 'PENDING' | 'SUCCESS' | 'FAILED' | 'WAITING' | 'ENDED';
}

/** A model of what the gate promises, without Redis, and of the few rows from which a rebuild computes it. */
export class GateModel {
  available: string[];
  /** slot -> whether its lease has run out */
  readonly processing = new Map<string, boolean>();
  readonly holders = new Map<string, string>();
  readonly claims = new Map<string, ModelClaim>();
  /** place in the line that may not be durable -> whether its lease has run out */
  readonly unconfirmed = new Map<string, boolean>();
  /** user -> row */
  readonly rows = new Map<string, ModelRow>();
  line: string[] = [];
  arrivalNo = 0;
  settled = 0;
  revision = 1;
  state = 'OPEN';

  constructor(
    readonly capacity: number,
    readonly waitingCapacity: number,
  ) {
    this.available = Array.from({ length: capacity }, (_, i) => String(i + 1));
  }

  claim(users: readonly string[]): unknown[] {
    const before = new Set(this.claims.keys());
    // A batch is decided as if its users had asked one after the other, except for slots: if there is a line at first,
    // newcomers wait.
    const lineAtFirst = this.line.length > 0;
    for (const user of users) {
      if (this.claims.has(user) || this.state !== 'OPEN') continue;
      const slot = lineAtFirst ? undefined : this.available.shift();
      if (slot !== undefined) {
        this.admit(user, 'PROCESSING', slot);
        this.hold(slot, user);
      } else if (this.line.length < this.waitingCapacity) {
        this.admit(user, 'WAITING', null);
        this.line.push(user);
        this.unconfirmed.set(user, false);
      }
    }
    const answered = new Set<string>();
    return users.map((user) => {
      const claim = this.claims.get(user);
      if (!claim) return { kind: this.state === 'OPEN' ? 'full' : this.state.toLowerCase() };
      const fresh = !before.has(user) && !answered.has(user);
      answered.add(user);
      const place = this.line.indexOf(user) + 1;
      return { kind: 'claim', fresh, claim, waitingPosition: place === 0 ? null : place };
    });
  }

  settle(slot: string, user: string): void {
    if (this.holders.get(slot) !== user) return;
    this.mark(user, 'SETTLED');
    this.processing.delete(slot);
    this.holders.delete(slot);
    this.settled++;
  }

  /** @returns the claim from the line that now holds the slot, if any */
  free(slot: string, user: string): ModelClaim[] {
    const holder = this.holders.get(slot);
    const acts = user === '' ? holder === undefined && this.processing.has(slot) : holder === user;
    if (!acts) return [];
    if (user !== '') this.mark(user, 'FAILED');
    const head = this.line.shift();
    if (head === undefined) {
      this.processing.delete(slot);
      this.holders.delete(slot);
      this.available.unshift(slot);
      return [];
    }
    this.unconfirmed.delete(head);
    this.claims.set(head, { ...this.claims.get(head)!, state: 'PROCESSING', grantSeq: Number(slot) });
    this.hold(slot, head);
    return [this.claims.get(head)!];
  }

  announce(revision: number, state: string): void {
    if (revision <= this.revision) return;
    this.revision = revision;
    this.state = state;
  }

  endLine(users: readonly string[]): void {
    for (const user of users) {
      this.unconfirmed.delete(user);
      if (!this.line.includes(user)) continue;
      this.line = this.line.filter((waiting) => waiting !== user);
      this.mark(user, 'ENDED');
    }
  }

  /** All leases run out. */
  jump(): void {
    for (const leases of [this.processing, this.unconfirmed])
      for (const name of leases.keys()) leases.set(name, true);
  }

  /** Decisions that Postgres lacks, in order of arrival: what a flow or the reaper would write now. */
  notDurable(): ModelClaim[] {
    const missing = [...this.claims.values()].filter(({ userId, state, grantSeq }) => {
      const row = this.rows.get(userId);
      if (state === 'WAITING') return !row;
      const holds = state === 'PROCESSING' && this.holders.get(String(grantSeq)) === userId;
      return holds && (!row || row.status === 'WAITING');
    });
    return missing.sort((one, other) => one.arrivalNo - other.arrivalNo);
  }

  write(claim: ModelClaim): void {
    const { userId, arrivalNo, grantSeq } = claim;
    this.rows.set(userId, { arrivalNo, grantSeq, status: grantSeq === null ? 'WAITING' : 'PENDING' });
  }

  /** Records in Postgres the outcome for the user of this slot. @returns whether it was recorded */
  conclude(slot: string, user: string, status: 'SUCCESS' | 'FAILED'): boolean {
    const row = this.rows.get(user);
    if (this.holders.get(slot) !== user || row?.status !== 'PENDING') return false;
    this.rows.set(user, { ...row, status });
    return true;
  }

  /** The gate as Postgres knows it: R5, R7, R8. */
  rebuild(): void {
    for (const part of [this.processing, this.holders, this.claims, this.unconfirmed]) part.clear();
    this.line = [];
    [this.revision, this.state] = [1, 'OPEN'];
    const rows = [...this.rows].sort(([, one], [, other]) => one.arrivalNo - other.arrivalNo);
    this.arrivalNo = rows.at(-1)?.[1].arrivalNo ?? 0;
    this.settled = rows.filter(([, { status }]) => status === 'SUCCESS').length;
    const live = new Set(rows.flatMap(([, row]) => (row.status === 'FAILED' ? [] : [row.grantSeq])));
    this.available = Array.from({ length: this.capacity }, (_, i) => i + 1)
      .filter((slot) => !live.has(slot))
      .map(String);
    const states = { PENDING: 'PROCESSING', SUCCESS: 'SETTLED' } as const;
    for (const [userId, { arrivalNo, grantSeq, status }] of rows) {
      const state = status === 'PENDING' || status === 'SUCCESS' ? states[status] : status;
      const slot = status === 'WAITING' ? this.available.shift() : undefined;
      if (slot !== undefined) {
        this.claims.set(userId, { userId, arrivalNo, state: 'PROCESSING', grantSeq: Number(slot) });
        this.hold(slot, userId);
      } else {
        this.claims.set(userId, { userId, arrivalNo, state, grantSeq });
        if (status === 'WAITING') this.line.push(userId);
        if (status === 'PENDING') this.hold(String(grantSeq), userId);
      }
    }
    this.jump(); // their age is unknown, so the reaper must look at them
  }

  private admit(userId: string, state: GateState, slot: string | null): void {
    const grantSeq = slot === null ? null : Number(slot);
    this.claims.set(userId, { userId, state, arrivalNo: ++this.arrivalNo, grantSeq });
  }

  private hold(slot: string, user: string): void {
    this.holders.set(slot, user);
    this.processing.set(slot, false);
  }

  private mark(user: string, state: GateState): void {
    this.claims.set(user, { ...this.claims.get(user)!, state });
  }
}
