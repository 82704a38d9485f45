import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { Failpoints } from '../failpoints/failpoints.js';
import { FreeSlots } from './free-slots.js';
import type { GateClaim } from './gate-claim.js';
import { claimParts } from './gate-layout.js';
import { gateKeys, type GateKeys, stagingKeys } from './gate-keys.js';
import {
  type GateFacts,
  nextArrivalNo,
  raiseEpoch,
  readGateFacts,
  readGrants,
  readLine,
} from './gate-picture.js';
import { GATE_REDIS, type GateRedis } from './gate-redis.js';
import { GateScript } from './gate-script.js';
import { unavailable } from '../problems/problem.js';

/** Rows read from Postgres, and records staged in Redis, at a time: memory stays flat, and no script runs long. */
const PAGE = 2_000;
const SLOTS_A_RANGE = 10_000;

/** Parts of claims taken away at a time. */
const PARTS_A_SWEEP = 2_000;

/** An abandoned staging copy goes away by itself, but for its claims: they go with the next rebuild. */
const STAGING_TTL_MS = 600_000;

/**
 * Computes a gate from Postgres and puts it in place, whatever stood there. Costs time linear in the campaign's rows.
 *
 * Safe when several do it at once, or one is paused half-way: each has an epoch of its own, works on a staging copy of its
 * own, and replaces only a gate of a lower epoch.
 */
@Injectable()
export class GateRebuild {
  private readonly stageScript = GateScript.read('stage');
  private readonly replaceScript = GateScript.read('replace');
  private readonly sweepScript = GateScript.read('sweep');

  constructor(
    @InjectDataSource() private readonly source: DataSource,
    @Inject(GATE_REDIS) private readonly redis: GateRedis,
    private readonly failpoints: Failpoints,
  ) {}

  /**
   * @returns the new gate's epoch; claims of that epoch are yet to be let in (R4)
   * @throws Problem 503 when another rebuild was faster, or Redis lost what was staged: look again
   */
  async run(campaignId: string): Promise<string> {
    const standing = await this.redis.hget(gateKeys(campaignId).facts, 'epoch');
    const epoch = await raiseEpoch(this.source, campaignId, standing ?? '0');
    this.failpoints.reach('rebuild.epoch-raised');
    const facts = await readGateFacts(this.source, campaignId);
    if (!facts) throw new Error(`Campaign ${campaignId} is gone.`);
    const { people, lastArrivalNo, settled } = await this.stage(campaignId, epoch, facts);
    this.failpoints.reach('rebuild.staged');
    const replaced = await this.replace(campaignId, epoch, [
      ...[people, facts.capacity - settled],
      ...['revision', facts.revision, 'state', facts.state],
      ...['opensAt', facts.opensAt ?? '', 'closesAt', facts.closesAt ?? ''],
      ...['waitingCapacity', facts.waitingCapacity, 'arrivalNo', lastArrivalNo, 'rebuiltUpTo', lastArrivalNo],
      ...['settled', settled],
    ]);
    if (replaced) this.failpoints.reach('rebuild.replaced');
    await this.sweep(campaignId);
    if (!replaced) throw unavailable('The gate is being rebuilt.');
    return epoch;
  }

  private async stage(
    campaignId: string,
    epoch: string,
    { capacity, waitingCapacity }: GateFacts,
  ): Promise<Staged> {
    const gate = gateKeys(campaignId);
    const staging = stagingKeys(campaignId, epoch);
    await this.add(staging, gate, ['LAYOUT', epoch, claimParts(capacity + waitingCapacity), capacity]);
    const free = new FreeSlots(capacity);
    let people = 0;
    let lastArrivalNo = 0;
    let settled = 0;

    for await (const page of this.pages(campaignId, 'user_grants')) {
      for (const { state, grantSeq, arrivalNo } of page) {
        if (state !== 'FAILED' && grantSeq !== null) free.take(grantSeq);
        if (state === 'SETTLED') settled++;
        lastArrivalNo = Math.max(lastArrivalNo, arrivalNo);
      }
      people += page.length;
      await this.add(staging, gate, page.flatMap(record));
    }
    for await (const page of this.pages(campaignId, 'waiting_line')) {
      // R5: what came free while nobody could tell the gate goes to the head of the line before anybody asks.
      const placed = page.map((place): GateClaim => {
        const grantSeq = place.state === 'WAITING' ? free.takeLowest() : null;
        return grantSeq === null ? place : { ...place, state: 'PROCESSING', grantSeq };
      });
      people += page.length;
      lastArrivalNo = Math.max(lastArrivalNo, ...page.map(({ arrivalNo }) => arrivalNo));
      await this.add(staging, gate, placed.flatMap(record));
    }
    for (const [first, last] of free.ranges(SLOTS_A_RANGE))
      await this.add(staging, gate, ['RANGE', first, last]);
    return { people, lastArrivalNo, settled };
  }

  /** Page after page; none is empty. */
  private async *pages(campaignId: string, of: 'user_grants' | 'waiting_line'): AsyncGenerator<GateClaim[]> {
    const read = of === 'user_grants' ? readGrants : readLine;
    let after = 0;
    for (;;) {
      const page = await read(this.source, campaignId, after, after + PAGE);
      if (page.length > 0) {
        yield page;
        after += PAGE;
      } else {
        const next = await nextArrivalNo(this.source, campaignId, of, after);
        if (next === null) return;
        after = next - 1;
      }
    }
  }

  private async add(
    { facts, available, processing, holders, line }: GateKeys,
    gate: GateKeys,
    records: (string | number)[],
  ): Promise<void> {
    const added = await this.stageScript.call(
      this.redis,
      [facts, available, processing, holders, line, gate.claims, gate.copies],
      [STAGING_TTL_MS, ...records],
    );
    if (added === -1) throw unavailable('The gate is being rebuilt.');
  }

  /** @returns whether the gate was replaced */
  private async replace(
    campaignId: string,
    epoch: string,
    args: readonly (string | number)[],
  ): Promise<boolean> {
    const replaced = await this.replaceScript.call(this.redis, replaceKeys(campaignId, epoch), [
      epoch,
      ...args,
    ]);
    return replaced === 1;
  }

  /** Takes away the claims of gates before the one that stands. What it does not come to, the next rebuild does. */
  private async sweep(campaignId: string): Promise<void> {
    const { facts, claims, copies } = gateKeys(campaignId);
    while ((await this.sweepScript.call(this.redis, [facts, claims, copies], [PARTS_A_SWEEP])) === 1);
  }
}

/** The keys of `replace.lua`. */
export function replaceKeys(campaignId: string, epoch: string): string[] {
  const gate = gateKeys(campaignId);
  const staging = stagingKeys(campaignId, epoch);
  return [
    ...[gate.facts, gate.available, gate.processing, gate.holders, gate.line, gate.claims, gate.lineLeases],
    ...[staging.facts, staging.available, staging.processing, staging.holders, staging.line],
  ];
}

/** What a staging copy holds. */
interface Staged {
  readonly people: number;
  readonly lastArrivalNo: number;
  readonly settled: number;
}

function record({ state, userId, arrivalNo, createdAt, grantSeq }: GateClaim): (string | number)[] {
  return [state === 'PROCESSING' ? 'HELD' : state, userId, arrivalNo, createdAt, grantSeq ?? ''];
}
