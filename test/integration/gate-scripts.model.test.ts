import fc from 'fast-check';
import { CampaignStore } from '../../src/campaigns/campaign.store.js';
import { type GateClaim, type GateState, parseGateClaim } from '../../src/gate/gate-claim.js';
import { gateKeys, type GateKeys } from '../../src/gate/gate-keys.js';
import { type ClaimDecision, STALE } from '../../src/gate/gate-answers.js';
import { Inside } from '../support/inside.js';
import { type RunningApp, World } from '../support/world.js';

// The Lua scripts against a model of them that is plain enough to be read: after every step both must have decided the
// same and hold the same. Leases last for ever here, and run out when a step says so.

const USERS = 14;

/** Slots are given as positions, and taken modulo the capacity. `holder` names whoever holds that slot, if anybody. */
type Who = { readonly holder: true } | { readonly user: number };
type Step =
  | { readonly op: 'claim'; readonly users: readonly number[] }
  | {
      readonly op: 'settle' | 'free';
      readonly pairs: readonly { readonly slot: number; readonly who: Who }[];
    }
  | { readonly op: 'reclaim' | 'expire' | 'forget-holder' | 'renew'; readonly slot: number }
  | { readonly op: 'announce'; readonly news: number; readonly state: 'OPEN' | 'PAUSED' | 'CLOSED' }
  | { readonly op: 'confirm' | 'end-line'; readonly users: readonly number[] };

type ModelClaim = Omit<GateClaim, 'createdAt'>;

/** What the gate promises, without Redis. */
class Model {
  readonly available: string[];
  /** slot -> whether its lease has run out */
  readonly processing = new Map<string, boolean>();
  readonly holders = new Map<string, string>();
  readonly claims = new Map<string, ModelClaim>();
  readonly unconfirmed = new Set<string>();
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
    // The batch is decided as if they had asked one after the other, but for slots: who finds a line, waits.
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
        this.unconfirmed.add(user);
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

  /** @returns who holds the slot now, out of the line */
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

let world: World;
let api: RunningApp;
let inside: Inside;
let campaigns = 0;

beforeAll(async () => {
  world = await World.create({ SLOT_LEASE_MS: '86400000' });
  api = await world.start('api');
  inside = new Inside(api);
});

afterAll(() => world.close());

/** The model and a gate that Redis holds, taken through the same steps. */
class Pair {
  private readonly keys: GateKeys;
  private readonly created = new Map<string, number>();

  constructor(
    private readonly id: string,
    private readonly model: Model,
  ) {
    this.keys = gateKeys(id);
  }

  async step(step: Step): Promise<void> {
    const { model } = this;
    switch (step.op) {
      case 'claim': {
        const users = step.users.map(String);
        const decisions = await inside.decide(this.id, users);
        expect(decisions.map((decision) => this.withoutTime(decision))).toEqual(model.claim(users));
        return;
      }
      case 'settle': {
        const holders = this.holders(step.pairs);
        await inside.slots.settle(this.id, holders);
        for (const { grantSeq, userId } of holders) model.settle(String(grantSeq), userId);
        return;
      }
      case 'free':
        return this.free(this.holders(step.pairs));
      case 'reclaim':
        return this.free([{ grantSeq: this.slot(step.slot), userId: '' }]);
      case 'expire': {
        const slot = String(this.slot(step.slot));
        await world.redis.zadd(this.keys.processing, 'XX', 0, slot);
        if (model.processing.has(slot)) model.processing.set(slot, true);
        return;
      }
      case 'forget-holder': {
        const slot = String(this.slot(step.slot));
        await world.redis.hdel(this.keys.holders, slot);
        model.holders.delete(slot);
        return;
      }
      case 'renew': {
        const slot = this.slot(step.slot);
        const user = model.holders.get(String(slot));
        await inside.slots.renew(this.id, [
          { grantSeq: slot, userId: user ?? '1' },
          { grantSeq: slot, userId: 'nobody' },
        ]);
        if (user !== undefined) model.processing.set(String(slot), false);
        return;
      }
      case 'announce': {
        const revision = Math.max(0, model.revision + step.news);
        const news = { revision: String(revision), state: step.state, opensAt: null, closesAt: null };
        await inside.slots.announce(this.id, news);
        model.announce(revision, step.state);
        return;
      }
      case 'confirm':
        await inside.slots.confirmPlaces(this.id, step.users.map(String));
        for (const user of step.users) model.unconfirmed.delete(String(user));
        return;
      case 'end-line':
        await inside.slots.endLine(this.id, step.users.map(String));
        model.endLine(step.users.map(String));
        return;
    }
  }

  /** Everything that the gate holds is what the model holds; and no slot is lost or made up. */
  async compare(): Promise<void> {
    const { model, keys } = this;
    const { redis } = world;
    const [facts, available, processing, holders, claims, line, unconfirmed] = await Promise.all([
      redis.hgetall(keys.facts),
      redis.lrange(keys.available, '0', '-1'),
      redis.zrange(keys.processing, '0', '-1', 'WITHSCORES'),
      redis.hgetall(keys.holders),
      redis.hgetall(keys.claims),
      redis.zrange(keys.line, '0', '-1', 'WITHSCORES'),
      redis.zrange(keys.lineLeases, '0', '-1'),
    ]);
    const leases = new Map<string, boolean>();
    for (let i = 0; i < processing.length; i += 2)
      leases.set(processing[i]!, Number(processing[i + 1]) < Date.now());
    expect(facts).toMatchObject({
      arrivalNo: String(model.arrivalNo),
      settled: String(model.settled),
      state: model.state,
      revision: String(model.revision),
    });
    expect(available).toEqual(model.available);
    expect(leases).toEqual(model.processing);
    expect(holders).toEqual(Object.fromEntries(model.holders));
    const remembered = Object.entries(claims).map(([user, record]) =>
      this.timeless(parseGateClaim(user, record)),
    );
    expect(new Map(remembered.map((claim) => [claim.userId, claim]))).toEqual(model.claims);
    expect(line).toEqual(model.line.flatMap((user) => [user, String(model.claims.get(user)!.arrivalNo)]));
    expect(new Set(unconfirmed)).toEqual(model.unconfirmed);

    const counts = await inside.counts(this.id);
    expect(counts.available + counts.processing + counts.settled).toBe(model.capacity); // P6
    expect(counts.waiting).toBe(model.line.length);
    await this.compareExpired();
  }

  private async compareExpired(): Promise<void> {
    const expired = await inside.slots.expired(this.id, 100);
    if (expired === STALE) throw new Error('stale');
    const found = expired.slots.map(
      ({ grantSeq, claim }) => [String(grantSeq), claim?.userId ?? null] as const,
    );
    const expected = [...this.model.processing]
      .filter(([, isOver]) => isOver)
      .map(([slot]) => [slot, this.model.holders.get(slot) ?? null] as const);
    expect(new Map(found)).toEqual(new Map(expected));
    expect(expired.places).toEqual([]);
  }

  private async free(holders: { grantSeq: number; userId: string }[]): Promise<void> {
    const freed = await inside.slots.free(this.id, holders);
    if (freed === STALE) throw new Error('stale');
    expect(freed.promotions.map((claim) => this.timeless(claim))).toEqual(
      holders.flatMap(({ grantSeq, userId }) => this.model.free(String(grantSeq), userId)),
    );
  }

  private slot(position: number): number {
    return 1 + (position % this.model.capacity);
  }

  private holders(pairs: readonly { slot: number; who: Who }[]): { grantSeq: number; userId: string }[] {
    return pairs.map(({ slot, who }) => {
      const grantSeq = this.slot(slot);
      const userId = 'user' in who ? String(who.user) : (this.model.holders.get(String(grantSeq)) ?? '999');
      return { grantSeq, userId };
    });
  }

  private withoutTime(decision: ClaimDecision): unknown {
    return decision.kind === 'claim' ? { ...decision, claim: this.timeless(decision.claim) } : decision;
  }

  /** The gate's clock is its own; but when a claim was taken never changes. */
  private timeless({ createdAt, ...claim }: GateClaim): ModelClaim {
    const known = this.created.get(claim.userId) ?? createdAt;
    this.created.set(claim.userId, known);
    expect(createdAt).toBe(known);
    return claim;
  }
}

const user = fc.integer({ min: 1, max: USERS });
const slot = fc.nat({ max: 20 });
const who = fc.oneof({ weight: 4, arbitrary: fc.constant({ holder: true } as const) }, fc.record({ user }));
const pairs = fc.array(fc.record({ slot, who }), { minLength: 1, maxLength: 4 });
const someUsers = fc.array(user, { minLength: 1, maxLength: 6 });

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ op: fc.constant('claim' as const), users: someUsers }) },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('free' as const), pairs }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('settle' as const), pairs }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constantFrom('reclaim', 'forget-holder'), slot }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constantFrom('expire', 'renew'), slot }) },
  {
    weight: 1,
    arbitrary: fc.record({
      op: fc.constant('announce' as const),
      news: fc.integer({ min: -1, max: 2 }),
      state: fc.constantFrom('OPEN', 'OPEN', 'PAUSED', 'CLOSED'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constantFrom('confirm', 'end-line'), users: someUsers }) },
);

const anyRun = fc.record({
  capacity: fc.integer({ min: 1, max: 6 }),
  waitingCapacity: fc.integer({ min: 0, max: 4 }),
  steps: fc.array(anyStep, { minLength: 1, maxLength: 25, size: 'max' }),
});

describe('the gate’s scripts do what their model does (P1, P2, P3, P6; R5, R6, R7)', () => {
  it('in any sequence of steps', async () => {
    await fc.assert(
      fc.asyncProperty(anyRun, async ({ capacity, waitingCapacity, steps }) => {
        const id = `model-${++campaigns}`;
        const terms = { id, name: id, capacity, waitingCapacity, amount: '10', currency: 'KRW' };
        await api.app.get(CampaignStore).create({ ...terms, opensAt: null, closesAt: null });
        await inside.gate(id);
        const pair = new Pair(id, new Model(capacity, waitingCapacity));
        await pair.compare();
        for (const step of steps) {
          await pair.step(step);
          await pair.compare();
        }
      }),
      { numRuns: 150 },
    );
  }, 300_000);

  it('for batches as large as they come', async () => {
    const id = 'large';
    const terms = { id, name: id, capacity: 1_500, waitingCapacity: 300, amount: '10', currency: 'KRW' };
    await api.app.get(CampaignStore).create({ ...terms, opensAt: null, closesAt: null });
    await inside.gate(id);
    const pair = new Pair(id, new Model(1_500, 300));
    await pair.step({ op: 'claim', users: Array.from({ length: 2_000 }, (_, i) => i + 1) });
    await pair.compare();
  });
});
