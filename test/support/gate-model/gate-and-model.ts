import type { GateClaim } from '../../../src/grants/slots/gate-claim.js';
import { gateKeys, type GateKeys } from '../../../src/grants/slots/gate-keys.js';
import { parseHolders } from '../../../src/grants/slots/gate-layout.js';
import { gateClaims } from '../../../src/grants/slots/gate-claims-reader.js';
import { type ClaimDecision, STALE_EPOCH } from '../../../src/grants/slots/gate-answers.js';
import { setHolder } from '../gate-records.js';
import type { Inside } from '../inside.js';
import type { World } from '../world.js';
import type { GateModel, ModelClaim } from './gate-model.js';
import type { Loss, Step, Who } from './gate-steps.js';
import { RedisMemory } from './redis-memory.js';

type Hash = Readonly<Record<string, string>>;

/** Takes the model and a gate in Redis through the same steps. Leases run out only by steps that end them. */
export class GateAndModel {
  private readonly keys: GateKeys;
  private readonly created = new Map<string, number>();
  private readonly memory: RedisMemory;
  /** Whether Redis no longer holds this gate as it was, so that it must be rebuilt before anybody is answered. */
  private isLost = false;

  constructor(
    private readonly world: World,
    private readonly inside: Inside,
    private readonly id: string,
    private readonly model: GateModel,
  ) {
    this.keys = gateKeys(id);
    this.memory = new RedisMemory(world.redis, id);
  }

  /** Compares the gate as it was built, and takes a snapshot, so that there is always an older copy to come back to. */
  async begin(): Promise<void> {
    await this.compare();
    await this.memory.snapshot();
  }

  async step(step: Step): Promise<void> {
    const { model, inside, world } = this;
    // A claim or a look finds that the gate is lost; other steps do nothing to a lost gate.
    if (step.op === 'claim' || step.op === 'rebuild') await this.find(step.op === 'rebuild');
    if (this.isLost && step.op !== 'lose') return;
    switch (step.op) {
      case 'claim': {
        const users = step.users.map(String);
        const decisions = await inside.decide(this.id, users);
        expect(decisions.map((decision) => this.withoutTime(decision))).toEqual(model.claim(users));
        return;
      }
      case 'settle': {
        const holders = await this.conclude(this.holders(step.pairs), 'SUCCESS');
        await inside.slots.settle(this.id, holders);
        for (const { grantSeq, userId } of holders) model.settle(String(grantSeq), userId);
        return;
      }
      case 'free':
        return this.free(await this.conclude(this.holders(step.pairs), 'FAILED'));
      case 'reclaim':
        return this.free([{ grantSeq: this.slot(step.slot), userId: '' }]);
      case 'conclude': // without telling the gate
        await this.conclude(this.holders([{ slot: step.slot, who: { holder: true } }]), step.status);
        return;
      case 'expire': {
        const slot = String(this.slot(step.slot));
        await world.redis.zadd(this.keys.processing, 'XX', 0, slot);
        if (model.processing.has(slot)) model.processing.set(slot, true);
        return;
      }
      case 'jump':
        for (const slot of model.processing.keys())
          await world.redis.zadd(this.keys.processing, 'XX', 0, slot);
        for (const user of model.unconfirmed.keys())
          await world.redis.zadd(this.keys.lineLeases, 'XX', 0, user);
        model.jump();
        return;
      case 'forget-holder': {
        const slot = String(this.slot(step.slot));
        const status = model.rows.get(model.holders.get(slot) ?? '')?.status;
        if (status !== undefined && status !== 'WAITING') return; // a holder with a grant is not forgotten
        await setHolder(world.redis, this.id, Number(slot), null);
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
        const news = {
          revision: String(revision),
          state: step.state,
          opensAt: null,
          closesAt: null,
          waitingCapacity: model.waitingCapacity,
        };
        await inside.slots.announce(this.id, news);
        model.announce(revision, step.state);
        return;
      }
      case 'confirm':
        await inside.slots.confirmPlaces(this.id, step.users.map(String));
        for (const user of step.users) model.unconfirmed.delete(String(user));
        return;
      case 'end-line':
        return this.endLine(step.users.map(String));
      case 'record':
        return this.record();
      case 'snapshot':
        return this.memory.snapshot();
      case 'rebuild':
        return; // done above
      case 'lose':
        return this.lose(step.loss);
    }
  }

  /** Expects that the gate holds what the model holds, and that no slot is lost or made up. */
  async compare(): Promise<void> {
    if (this.isLost) return; // no claim is answered from it, see `lose`
    const { model, keys } = this;
    const replies = await this.world.redis
      .pipeline()
      .hgetall(keys.facts)
      .lrange(keys.available, '0', '-1')
      .zrange(keys.processing, '0', '-1', 'WITHSCORES')
      .get(keys.holders)
      .zrange(keys.line, '0', '-1', 'WITHSCORES')
      .zrange(keys.lineLeases, '0', '-1', 'WITHSCORES')
      .exec();
    const [facts, available, processing, holders, line, unconfirmed] = (replies ?? []).map(
      ([, reply]) => reply,
    ) as [Hash, string[], string[], string, string[], string[]];
    expect(facts).toMatchObject({
      arrivalNo: String(model.arrivalNo),
      settled: String(model.settled),
      state: model.state,
      revision: String(model.revision),
    });
    expect(available).toEqual(model.available);
    expect(leasesIn(processing)).toEqual(model.processing);
    expect(leasesIn(unconfirmed)).toEqual(model.unconfirmed);
    const held = [...parseHolders(holders)].map(([slot, user]) => [String(slot), user] as const);
    expect(new Map(held)).toEqual(model.holders);
    const remembered: ModelClaim[] = [];
    for await (const page of gateClaims(this.world.redis, keys))
      remembered.push(...page.map((claim) => this.timeless(claim)));
    expect(new Map(remembered.map((claim) => [claim.userId, claim]))).toEqual(model.claims);
    expect(line).toEqual(model.line.flatMap((user) => [user, String(model.claims.get(user)!.arrivalNo)]));

    const counts = await this.inside.counts(this.id);
    expect(counts.available + counts.processing + counts.settled).toBe(model.capacity); // P6
    expect(counts.waiting).toBe(model.line.length);
    await this.compareExpired();
  }

  private async compareExpired(): Promise<void> {
    const expired = await this.inside.slots.expired(this.id, 100);
    if (expired === STALE_EPOCH) throw new Error('stale');
    const found = expired.slots.map(
      ({ grantSeq, claim }) => [String(grantSeq), claim?.userId ?? null] as const,
    );
    const expected = [...this.model.processing]
      .filter(([, isOver]) => isOver)
      .map(([slot]) => [slot, this.model.holders.get(slot) ?? null] as const);
    expect(new Map(found)).toEqual(new Map(expected));
    const places = [...this.model.unconfirmed].filter(([, isOver]) => isOver).map(([user]) => user);
    expect(new Set(expired.places.map(({ userId }) => userId))).toEqual(new Set(places));
  }

  /** Redis loses something. From then on the gate that was trusted decides nothing until it has been looked at. */
  private async lose(loss: Loss): Promise<void> {
    const trusted = await this.inside.keeper.open(this.id);
    if (this.isLost || !trusted) return this.find(false);
    this.isLost = await this.memory.lose(loss);
    const before = await this.memory.read();
    expect(await this.inside.slots.claim(trusted, ['1', '99'])).toBe(STALE_EPOCH);
    const noSlot = { grantSeq: this.model.capacity + 1, userId: '' };
    expect(await this.inside.slots.free(this.id, [noSlot])).toEqual(
      this.isLost ? STALE_EPOCH : { epoch: trusted.epoch, promotions: [] },
    );
    expect(await this.memory.read()).toEqual(before);
  }

  /** Looks at the gate; a lost gate is rebuilt. */
  private async find(condemned: boolean): Promise<void> {
    const before = await this.inside.keeper.open(this.id);
    if (condemned && before && !this.isLost) this.inside.keeper.requireRebuild(this.id, before.epoch);
    else this.inside.keeper.recheck(this.id);
    const after = await this.inside.gate(this.id);
    const isRebuilt = this.isLost || condemned;
    expect(Number(after.epoch) > Number(before?.epoch)).toBe(isRebuilt);
    if (!isRebuilt) return;
    // R1, R11: a caller that still trusts the earlier gate gets no decision.
    if (before) expect(await this.inside.slots.claim(before, ['1', '99'])).toBe(STALE_EPOCH);
    this.model.rebuild();
    this.isLost = false;
    for (const user of this.created.keys()) if (!this.model.claims.has(user)) this.created.delete(user);
    await this.begin();
  }

  /** Records in Postgres all that was decided. */
  private async record(): Promise<void> {
    const missing = this.model.notDurable();
    if (missing.length === 0) return;
    const { epoch } = await this.inside.gate(this.id);
    const claims = missing.map((claim): GateClaim => {
      return { ...claim, createdAt: this.created.get(claim.userId)! };
    });
    expect(await this.inside.claims.insert(this.id, epoch, claims)).toMatchObject({
      userIds: new Set(missing.map(({ userId }) => userId)),
    });
    for (const claim of missing) this.model.write(claim);
  }

  /** @returns the holders whose outcome the gate may be told: those for whom Postgres does not hold the contrary */
  private async conclude(
    holders: { grantSeq: number; userId: string }[],
    status: 'SUCCESS' | 'FAILED',
  ): Promise<{ grantSeq: number; userId: string }[]> {
    await this.record();
    for (const { grantSeq, userId } of holders) {
      if (!this.model.conclude(String(grantSeq), userId, status)) continue;
      await this.world.rows(`UPDATE user_grants SET status = $3 WHERE campaign_id = $1 AND user_id = $2`, [
        this.id,
        userId,
        status,
      ]);
    }
    const contrary = status === 'SUCCESS' ? 'FAILED' : 'SUCCESS';
    return holders.filter(({ userId }) => this.model.rows.get(userId)?.status !== contrary);
  }

  private async endLine(users: string[]): Promise<void> {
    await this.record();
    for (const user of users.filter((user) => this.model.line.includes(user))) {
      const row = this.model.rows.get(user)!;
      this.model.rows.set(user, { ...row, status: 'ENDED' });
      await this.world.rows(
        `UPDATE waiting_entries SET ended_at = now() WHERE campaign_id = $1 AND user_id = $2`,
        [this.id, user],
      );
    }
    await this.inside.slots.endLine(this.id, users);
    this.model.endLine(users);
  }

  private async free(holders: { grantSeq: number; userId: string }[]): Promise<void> {
    const freed = await this.inside.slots.free(this.id, holders);
    if (freed === STALE_EPOCH) throw new Error('stale');
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

  /** Without the time, which is by the gate's own clock. It never changes for a claim. */
  private timeless({ createdAt, ...claim }: GateClaim): ModelClaim {
    const known = this.created.get(claim.userId) ?? createdAt;
    this.created.set(claim.userId, known);
    expect(createdAt).toBe(known);
    return claim;
  }
}

/** Members with their deadlines -> whether the deadline has passed. */
function leasesIn(scored: readonly string[]): Map<string, boolean> {
  const leases = new Map<string, boolean>();
  for (let i = 0; i < scored.length; i += 2) leases.set(scored[i]!, Number(scored[i + 1]) < Date.now());
  return leases;
}
