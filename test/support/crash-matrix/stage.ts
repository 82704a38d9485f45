import { STALE_EPOCH } from '../../../src/grants/slots/gate-answers.js';
import type { GateClaim } from '../../../src/grants/slots/gate-claim.js';
import { decideFromOutside } from '../decide-from-outside.js';
import { eventually } from '../eventually.js';
import type { Operation } from '../history.js';
import { RecordingClient } from '../recording-client.js';
import type { ServiceProcess } from '../service-process.js';
import { tokenOf } from '../tokens.js';
import type { Lane } from './lane.js';
import type { Fault } from './fault.js';

export const CAPACITY = 8;
export const LINE = 6;

/** How long an impatient client waits for an answer before it asks another instance. */
const IMPATIENT_MS = 600;
const AT_ONCE = 3;

/** A running case: its campaign, the process that is to break, and the clients. */
export class Stage {
  readonly campaignId: string;
  readonly client: RecordingClient;
  /** The process with the failpoint, or, once that is dead, the one that replaced it. */
  target: ServiceProcess;
  hasFired = false;
  /** Whether the gate was lost; otherwise it must never have been rebuilt. */
  gateWasLost = false;

  constructor(
    readonly lane: Lane,
    readonly fault: Fault,
    provocation: string,
    target: ServiceProcess,
  ) {
    const { point, role, action } = fault;
    this.campaignId = `${point.replace('.', '-')}-${role}-${provocation}-${action}`.toLowerCase();
    this.client = new RecordingClient(this.campaignId);
    this.target = target;
  }

  get history(): readonly Operation[] {
    return this.client.history;
  }

  /**
   * The instance that clients ask. Where an api is to break, it is that one; a frozen api has a neighbour, and a killed
   * api comes back on the same port.
   */
  pick(attempt: number): string {
    const { role, action } = this.fault;
    if (role === 'worker') return this.lane.api.url;
    return action === 'stop' && attempt % 2 === 1 ? this.lane.api.url : this.target.url;
  }

  /** Asks until the campaign exists, whichever instance created it. */
  async createCampaign(pick: (attempt: number) => string = () => this.lane.api.url): Promise<void> {
    const terms = { id: this.campaignId, name: this.campaignId, capacity: CAPACITY, waitingCapacity: LINE };
    const body = { ...terms, amount: 10, currency: 'KRW' };
    const created = await this.client.persist(
      pick,
      { op: 'create', campaignId: this.campaignId, userId: null, body },
      this.passing(),
    );
    expect([201, 200]).toContain(created.status); // 200: an attempt without an answer has created it
  }

  /** Repeats an operator's change until it is done. */
  async change(change: Readonly<Record<string, unknown>>): Promise<void> {
    const changed = await this.client.persist(
      (attempt) => this.pick(attempt),
      { op: 'change', campaignId: this.campaignId, userId: null, body: change, patienceMs: IMPATIENT_MS },
      this.passing(),
    );
    expect(changed.status).toBe(200);
  }

  /** Users claim, AT_ONCE at a time, until each has a definite answer. Every other one waits for a frozen api. */
  async claim(
    userIds: readonly number[],
    pick = (attempt: number): string => this.pick(attempt),
  ): Promise<void> {
    const waiting = [...userIds];
    const person = async (): Promise<void> => {
      for (let userId = waiting.shift(); userId !== undefined; userId = waiting.shift())
        await this.claimOnce(userId, pick);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, person));
  }

  /** A user asks to leave the line until that is answered. Unrecorded: the checker reads from the books who left. */
  async leave(userId: number): Promise<void> {
    const headers = { authorization: `Bearer ${await tokenOf(userId)}` };
    let attempt = 0;
    await eventually(async () => {
      const url = `${this.pick(attempt++)}/v1/campaigns/${this.campaignId}/grants/me`;
      const signal = AbortSignal.timeout(IMPATIENT_MS);
      const answer = await fetch(url, { method: 'DELETE', headers, signal });
      expect(await answer.json()).toMatchObject({ status: 'LEFT' });
    });
  }

  /** Leaves claims as an api leaves them when it dies with its clients: decided by the gate, perhaps in Postgres. */
  async abandon(userIds: readonly number[], { recorded }: { recorded: boolean }): Promise<void> {
    const { world } = this.lane;
    for (const userId of userIds) this.client.noteUnanswered(this.campaignId, userId);
    const claims = await eventually(async () => {
      const decided = await decideFromOutside(world, this.campaignId, userIds.map(String));
      if (decided === STALE_EPOCH) throw new Error('The gate is being rebuilt.');
      return decided.decisions.flatMap((decision) => (decision.kind === 'claim' ? [decision.claim] : []));
    });
    expect(claims.length).toBe(userIds.length);
    if (recorded) for (const claim of claims) await this.insert(claim);
  }

  /** Locks the campaign's account during `work`, so that no payout from the ledger completes. */
  async whilePoolIsHeld(work: () => Promise<void>): Promise<void> {
    const holder = await this.lane.world.pg.connect();
    try {
      await holder.query('BEGIN');
      await holder.query(`SELECT FROM ledger_accounts WHERE campaign_id = $1 FOR UPDATE`, [this.campaignId]);
      await work();
    } finally {
      await holder.query('ROLLBACK');
      holder.release();
    }
  }

  /** Makes Redis lose everything. */
  async loseGate(): Promise<void> {
    this.gateWasLost = true;
    await this.lane.world.redis.flushdb();
  }

  /** Every user with a place reads its status. */
  async readAll(): Promise<void> {
    const places = await this.lane.world.rows<{ userId: string }>(
      `SELECT user_id AS "userId" FROM user_grants WHERE campaign_id = $1
       UNION SELECT user_id FROM waiting_entries WHERE campaign_id = $1`,
      [this.campaignId],
    );
    const pick = (): string => this.lane.api.url;
    for (const { userId } of places) {
      const read = await this.client.persist(pick, {
        op: 'status',
        campaignId: this.campaignId,
        userId: Number(userId),
      });
      expect(read.status).toBe(200);
    }
  }

  private async claimOnce(userId: number, pick: (attempt: number) => string): Promise<void> {
    const patience = userId % 2 === 0 ? { patienceMs: IMPATIENT_MS } : {};
    await this.client.persist(
      pick,
      { op: 'claim', campaignId: this.campaignId, userId, ...patience },
      this.passing(),
    );
  }

  /** Statuses that are no definite answer: 500, where the fault is an unforeseen error. */
  private passing(): readonly number[] {
    return this.fault.action === 'error' ? [500] : [];
  }

  /** A lease may have expired before it, on a slow machine; then a reaper has recorded the claim already. */
  private async insert({ userId, grantSeq, arrivalNo, createdAt }: GateClaim): Promise<void> {
    await this.lane.world.rows(
      `INSERT INTO user_grants (campaign_id, user_id, grant_seq, arrival_no, created_at)
       VALUES ($1, $2, $3, $4, to_timestamp($5 / 1000.0)) ON CONFLICT DO NOTHING`,
      [this.campaignId, userId, grantSeq, arrivalNo, createdAt],
    );
  }
}
