import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { randomBytes } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { Environment } from '../../platform/config/environment.js';
import { Failpoints } from '../../platform/failpoints/failpoints.js';
import { type Problem, unavailable } from '../../platform/problems/problem.js';
import { FreeSlots } from './free-slots.js';
import type { ClaimGate, OpenGate } from './gate-answers.js';
import type { GateClaim } from './gate-claim.js';
import { type GateKeys, replaceKeys, scriptKeys, stagingKeys } from './gate-keys.js';
import { claimParts } from './gate-layout.js';
import {
  type GateFacts,
  nextArrivalNo,
  noteEpoch,
  raiseEpoch,
  readGateFacts,
  readGrants,
  readLine,
} from './gate.store.js';
import { REQUEST_REDIS, type RequestRedis } from '../../platform/redis/request-redis.js';
import { GateRunner } from './gate-runner.js';
import { GateScript } from './gate-script.js';

/** Rows read from Postgres, and records staged in Redis, at a time: memory stays flat, and no script runs long. */
const PAGE = 2_000;
const SLOTS_A_RANGE = 10_000;

/** Parts of the claims created, or removed, at a time. */
const PARTS_PER_CALL = 2_000;

/** The staging copy of a process that died expires by itself, except for its claims: the next rebuild removes them. */
const STAGING_TTL_MS = 600_000;

const NONCE_BYTES = 9;

/**
 * Computes a gate from Postgres and puts it in place, whatever stood there. Costs time linear in the campaign's rows.
 * The old gate goes first, to make room (R20): nothing that it decides counts once the next epoch is committed (R1).
 *
 * Safe when several processes do it at once, or one is paused half-way: each has its own epoch and its own staging
 * copy, and drops and replaces only a gate of a lower epoch.
 */
@Injectable()
export class GateRebuild {
  private readonly stageScript = GateScript.read('stage');
  private readonly replaceScript = GateScript.read('replace');
  private readonly dropScript = GateScript.read('drop');
  private readonly sweepScript = GateScript.read('sweep');

  constructor(
    @InjectDataSource() private readonly source: DataSource,
    @Inject(REQUEST_REDIS) private readonly redis: RequestRedis,
    private readonly gates: GateRunner,
    private readonly environment: Environment,
    private readonly failpoints: Failpoints,
  ) {}

  /**
   * @param standing the epoch of the gate in Redis, or the epoch that a dropped one left; null for none
   * @returns the new gate; claims are still to be let in (R4)
   * @throws Problem 503 when another rebuild was faster, or Redis lost what was staged: look again; the drivers' errors
   *   when Postgres or Redis can't be asked, or Redis has no room: nothing is left of what was staged
   */
  async replaceGate(campaignId: string, standing: string | null): Promise<ClaimGate> {
    const epoch = await raiseEpoch(this.source, campaignId, standing ?? '0');
    this.failpoints.reach('rebuild.epoch-raised');
    const facts = await readGateFacts(this.source, campaignId);
    if (!facts) throw new Error(`Campaign ${campaignId} is gone.`);
    // The gate would carry the identity of another database.
    if (facts.identity !== this.gates.identity) throw overtaken();
    const nonce = randomBytes(NONCE_BYTES).toString('base64url');
    const gate = { campaignId, epoch, nonce, hasList: facts.hasList };
    await this.drop(campaignId, epoch);
    try {
      const staged = await this.stage(campaignId, epoch, facts);
      this.failpoints.reach('rebuild.staged');
      if (!(await noteEpoch(this.source, gate, staged.lastArrivalNo))) throw overtaken();
      this.failpoints.reach('rebuild.noted');
      await this.replace(gate, facts, staged);
    } catch (error) {
      await this.discard(campaignId, epoch).catch(() => undefined); // it fails for the same reason
      throw error;
    }
    this.failpoints.reach('rebuild.replaced');
    return gate;
  }

  /** Makes room for the gate of `epoch`: removes older gates, including their claims. */
  private async drop(campaignId: string, epoch: string): Promise<void> {
    if ((await this.gates.runScript(this.dropScript, campaignId, [epoch])) !== 1) throw overtaken();
    await this.sweep(campaignId, epoch);
  }

  /** Removes what was staged of a gate that will not be put in place. */
  private async discard(campaignId: string, epoch: string): Promise<void> {
    const { facts, available, processing, holders, line } = this.staging(campaignId, epoch);
    await this.redis.unlink(facts, available, processing, holders, line);
    await this.sweep(campaignId, epoch);
  }

  private async stage(
    campaignId: string,
    epoch: string,
    { capacity, waitingCapacity, isPaidUp }: GateFacts,
  ): Promise<Staged> {
    const parts = claimParts(capacity + waitingCapacity);
    const add = (records: (string | number)[]): Promise<void> => this.add(campaignId, epoch, records);
    await add(['LAYOUT', epoch, parts, capacity]);
    for (let first = 0; first < parts; first += PARTS_PER_CALL)
      await add(['PARTS', first, Math.min(first + PARTS_PER_CALL, parts) - 1]);
    const free = new FreeSlots(capacity);
    let people = 0;
    let waiting = 0;
    let lastArrivalNo = 0;
    let lastCreatedAt = 0;
    let settled = 0;
    let held = 0;
    if (isPaidUp) free.takeAll();

    for await (const page of this.pages(campaignId, 'user_grants')) {
      for (const { state, grantSeq, arrivalNo, createdAt } of page) {
        if (state !== 'FAILED' && grantSeq !== null) free.take(grantSeq);
        if (state === 'SETTLED') settled++;
        if (state === 'PROCESSING') held++;
        lastArrivalNo = Math.max(lastArrivalNo, arrivalNo);
        lastCreatedAt = Math.max(lastCreatedAt, createdAt);
      }
      people += page.length;
      await add(page.flatMap(record));
    }
    for await (const page of this.pages(campaignId, 'waiting_line')) {
      // R5: a slot that became free while the gate could not be told goes to the head of the line before
      // anybody asks.
      const placed = page.map((place): GateClaim => {
        const grantSeq = place.state === 'WAITING' ? free.takeLowest() : null;
        return grantSeq === null ? place : { ...place, state: 'PROCESSING', grantSeq };
      });
      people += page.length;
      waiting += placed.filter(({ state }) => state === 'WAITING').length;
      lastArrivalNo = Math.max(lastArrivalNo, ...page.map(({ arrivalNo }) => arrivalNo));
      lastCreatedAt = Math.max(lastCreatedAt, ...page.map(({ createdAt }) => createdAt));
      await add(placed.flatMap(record));
    }
    for (const [first, last] of free.ranges(SLOTS_A_RANGE)) await add(['RANGE', first, last]);
    // What was paid stays paid, also where a row is gone: the audit says that it is.
    return { people, waiting, lastArrivalNo, lastCreatedAt, settled: isPaidUp ? capacity - held : settled };
  }

  /** Page by page; none is empty. */
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

  private async add(campaignId: string, epoch: string, records: (string | number)[]): Promise<void> {
    const keys = scriptKeys(this.staging(campaignId, epoch));
    const added = await this.gates.runOn(this.stageScript, keys, [STAGING_TTL_MS, ...records]);
    if (added === -1) throw overtaken();
  }

  private async replace(
    { campaignId, epoch, nonce }: OpenGate,
    facts: GateFacts,
    staged: Staged,
  ): Promise<void> {
    const { people, waiting, lastArrivalNo, lastCreatedAt, settled } = staged;
    const replaced = await this.gates.runOn(
      this.replaceScript,
      replaceKeys(this.gates.keys(campaignId), this.staging(campaignId, epoch)),
      [
        ...[epoch, people, facts.capacity - settled, waiting],
        ...['nonce', nonce, 'round', facts.round],
        ...['revision', facts.revision, 'revisionAt', lastArrivalNo, 'state', facts.state],
        ...['opensAt', facts.opensAt ?? '', 'closesAt', facts.closesAt ?? ''],
        // R27: an opening is final once somebody got in; a clock that is behind does not take it back.
        ...['isOpened', facts.opensAt !== null && lastCreatedAt >= facts.opensAt ? '1' : ''],
        ...['isOver', '', 'notOverUntil', ''],
        ...['waitingCapacity', facts.waitingCapacity, 'arrivalNo', lastArrivalNo],
        ...['rebuiltUpTo', lastArrivalNo, 'known', people, 'settled', settled],
      ],
    );
    if (replaced !== 1) throw overtaken();
  }

  private staging(campaignId: string, epoch: string): GateKeys {
    return stagingKeys(campaignId, epoch, this.environment.REDIS_KEY_PREFIX);
  }

  /** Removes the claims of gates and copies up to `epoch`, except those of the standing gate. */
  private async sweep(campaignId: string, epoch: string): Promise<void> {
    while ((await this.gates.runScript(this.sweepScript, campaignId, [epoch, PARTS_PER_CALL])) === 1);
  }
}

/** What a staging copy holds. */
interface Staged {
  readonly people: number;
  /** Those of them who wait. */
  readonly waiting: number;
  readonly lastArrivalNo: number;
  /** When the last of these claims was taken, by the gate's clock of that time; 0 for none. */
  readonly lastCreatedAt: number;
  readonly settled: number;
}

/** Another rebuild was faster, or what was staged is gone. */
function overtaken(): Problem {
  return unavailable('The gate is being rebuilt.');
}

function record({ state, userId, arrivalNo, createdAt, grantSeq }: GateClaim): (string | number)[] {
  return [state === 'PROCESSING' ? 'HELD' : state, userId, arrivalNo, createdAt, grantSeq ?? ''];
}
