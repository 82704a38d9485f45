import { Inject, Injectable } from '@nestjs/common';
import { Environment } from '../config/environment.js';
import { type GateClaim, parseGateClaim, type SlotHolder } from './gate-claim.js';
import { gateKeys } from './gate-keys.js';
import {
  type ClaimDecision,
  type ClaimDecisions,
  type ExpiredLeases,
  type Freed,
  type GateCounts,
  type GateTerms,
  type OpenGate,
  STALE,
} from './gate-answers.js';
import { GATE_REDIS, type GateRedis } from './gate-redis.js';
import { GateScript, isNoScript } from './gate-script.js';

type Reply = readonly unknown[];

/**
 * The gate: who holds which slot and who waits, decided in Redis by one script a step.
 *
 * It can be lost at any time. Callers make its decisions durable in Postgres, and tell it afterwards what came of them.
 * Every method fails with ioredis' own error when Redis can't be asked.
 */
@Injectable()
export class SlotService {
  private readonly claimScript = GateScript.read('claim');
  private readonly settleScript = GateScript.read('settle');
  private readonly freeScript = GateScript.read('free');
  private readonly renewScript = GateScript.read('renew');
  private readonly expiredScript = GateScript.read('expired');
  private readonly announceScript = GateScript.read('announce');
  private readonly endLineScript = GateScript.read('end-line');

  constructor(
    @Inject(GATE_REDIS) private readonly redis: GateRedis,
    private readonly environment: Environment,
  ) {}

  /**
   * Lets claims of this epoch in. The last step of a rebuild, and of finding that none is needed (R4).
   * @returns STALE when the gate has changed since it was looked at
   */
  async admit(campaignId: string, epoch: string): Promise<OpenGate | typeof STALE> {
    const claimScript = this.claimScript.with({ campaign: campaignId, epoch });
    const [code] = (await claimScript.callAndLoad(
      this.redis,
      claimKeys(campaignId),
      [this.environment.SLOT_LEASE_MS], // and nobody: it decides nothing
    )) as Reply;
    return code === STALE_REPLY ? STALE : { campaignId, epoch, claimScript };
  }

  /** Decides for a batch in its order. Users may repeat; 1..2000 of them. */
  async claim(gate: OpenGate, userIds: readonly string[]): Promise<ClaimDecisions | typeof STALE> {
    let reply: Reply;
    try {
      reply = (await gate.claimScript.callLoaded(this.redis, claimKeys(gate.campaignId), [
        this.environment.SLOT_LEASE_MS,
        ...userIds,
      ])) as Reply;
    } catch (error) {
      if (isNoScript(error)) return STALE;
      throw error;
    }
    if (reply[0] === STALE_REPLY) return STALE;
    const answers = reply.slice(3) as Reply[];
    return {
      lastArrivalNo: Number(reply[1]),
      rebuiltUpTo: Number(reply[2]),
      decisions: userIds.map((userId, i) => toDecision(userId, answers[i] ?? [])),
    };
  }

  /** Tells that these were paid. Those who don't hold the slot any more are passed over. */
  async settle(campaignId: string, holders: readonly SlotHolder[]): Promise<void> {
    const { facts, processing, holders: held, claims } = gateKeys(campaignId);
    await this.settleScript.call(this.redis, [facts, processing, held, claims], pairs(holders));
  }

  /** Tells that these were rejected; an empty user id frees a slot that nobody holds. Slots pass to the line at once. */
  async free(campaignId: string, holders: readonly SlotHolder[]): Promise<Freed | typeof STALE> {
    const keys = gateKeys(campaignId);
    const reply = (await this.freeScript.call(
      this.redis,
      [keys.facts, keys.available, keys.processing, keys.holders, keys.claims, keys.line, keys.lineLeases],
      [this.environment.SLOT_LEASE_MS, ...pairs(holders)],
    )) as Reply;
    if (reply[0] === STALE_REPLY) return STALE;
    return { epoch: String(reply[1]), promotions: (reply.slice(3) as [string, string][]).map(toClaim) };
  }

  /** Gives these a new lease. */
  async renew(campaignId: string, holders: readonly SlotHolder[]): Promise<void> {
    const { facts, processing, holders: held } = gateKeys(campaignId);
    await this.renewScript.call(
      this.redis,
      [facts, processing, held],
      [this.environment.SLOT_LEASE_MS, ...pairs(holders)],
    );
  }

  /** @param limit how many slots, and how many places, at most */
  async expired(campaignId: string, limit: number): Promise<ExpiredLeases | typeof STALE> {
    const { facts, processing, holders, claims, lineLeases } = gateKeys(campaignId);
    const reply = (await this.expiredScript.call(
      this.redis,
      [facts, processing, holders, claims, lineLeases],
      [limit],
    )) as Reply;
    if (reply[0] === STALE_REPLY) return STALE;
    const [, epoch, slots, places] = reply as [
      string,
      string,
      [string, string, string][],
      [string, string][],
    ];
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

  /** Tells that these places in the line are durable, so that the reaper need not look at them (R10). */
  async confirmPlaces(campaignId: string, userIds: readonly string[]): Promise<void> {
    if (userIds.length > 0) await this.redis.zrem(gateKeys(campaignId).lineLeases, ...userIds);
  }

  /** Tells what an operator changed. Late and doubled news are ignored. */
  async announce(campaignId: string, terms: GateTerms): Promise<void> {
    await this.announceScript.call(
      this.redis,
      [gateKeys(campaignId).facts],
      [terms.revision, terms.state, terms.opensAt ?? '', terms.closesAt ?? ''],
    );
  }

  /** Who has waited longest, at most `limit`. */
  async firstInLine(campaignId: string, limit: number): Promise<string[]> {
    return this.redis.zrange(gateKeys(campaignId).line, '0', String(limit - 1));
  }

  /** Tells that the campaign has ended for these people of the line. */
  async endLine(campaignId: string, userIds: readonly string[]): Promise<void> {
    const { facts, claims, line, lineLeases } = gateKeys(campaignId);
    if (userIds.length === 0) return;
    await this.endLineScript.call(this.redis, [facts, claims, line, lineLeases], userIds);
  }

  /** All at one instant. Null when there is no gate. */
  async counts(campaignId: string): Promise<GateCounts | null> {
    const keys = gateKeys(campaignId);
    const replies = await this.redis
      .multi()
      .hget(keys.facts, 'settled')
      .llen(keys.available)
      .zcard(keys.processing)
      .zcard(keys.line)
      .exec();
    const [settled, available, processing, waiting] = (replies ?? []).map(([error, value]) => {
      if (error) throw error;
      return value === null ? null : Number(value);
    });
    if (settled == null) return null;
    return { available: available ?? 0, processing: processing ?? 0, settled, waiting: waiting ?? 0 };
  }
}

const STALE_REPLY = 'STALE';

function claimKeys(campaignId: string): string[] {
  const { facts, available, processing, holders, claims, line, lineLeases } = gateKeys(campaignId);
  return [facts, available, processing, holders, claims, line, lineLeases];
}

function toDecision(userId: string, [code, value, position]: Reply): ClaimDecision {
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
    default:
      throw new Error(`The claim script gave an answer it does not have: ${String(code)}`);
  }
}

function toClaim([userId, record]: readonly [string, string]): GateClaim {
  return parseGateClaim(userId, record);
}

function pairs(holders: readonly SlotHolder[]): (string | number)[] {
  return holders.flatMap(({ grantSeq, userId }) => [grantSeq, userId]);
}
