import { Injectable } from '@nestjs/common';
import { Environment } from '../../platform/config/environment.js';
import { type GateClaim, parseGateClaim, type SlotHolder } from './gate-claim.js';
import {
  type ClaimDecisions,
  type ExpiredLeases,
  type Freed,
  type GateArrivals,
  type GateCounts,
  type GateTerms,
  type OpenGate,
  STALE_EPOCH,
  type TakenRevision,
} from './gate-answers.js';
import { GateOwnership } from './gate-ownership.js';
import { GateRunner } from './gate-runner.js';
import { type Reply, STALE_REPLY, toClaim, toDecision, toExpiredLeases } from './gate-replies.js';
import { GateScript, isNoScript } from './gate-script.js';

/** Parts of the claims that are compared, or removed, at a time: a millisecond or so of Redis. */
const PARTS_PER_CALL = 1_000;

/**
 * The gate: who holds which slot and who waits, decided in Redis by one script per step.
 *
 * All of it, or a part, can be lost at any time. Callers make its decisions durable in Postgres, and tell it the
 * outcome afterwards: a gate that is missing is told nothing, and is rebuilt from Postgres.
 * Every method fails with the error of ioredis when Redis can't be asked.
 */
@Injectable()
export class SlotService {
  private readonly claimScript = GateScript.read('claim');
  private readonly settleScript = GateScript.read('settle');
  private readonly freeScript = GateScript.read('free');
  private readonly renewScript = GateScript.read('renew');
  private readonly expiredScript = GateScript.read('expired');
  private readonly confirmScript = GateScript.read('confirm');
  private readonly announceScript = GateScript.read('announce');
  private readonly closingScript = GateScript.read('closing');
  private readonly firstInLineScript = GateScript.read('first-in-line');
  private readonly endLineScript = GateScript.read('end-line');
  private readonly recallScript = GateScript.read('recall');
  private readonly countsScript = GateScript.read('counts');
  private readonly arrivalsScript = GateScript.read('arrivals');
  private readonly inspectScript = GateScript.read('inspect');
  private readonly retireScript = GateScript.read('retire');
  private readonly positionsScript = GateScript.read('positions');

  constructor(
    private readonly gates: GateRunner,
    private readonly ownership: GateOwnership,
    private readonly environment: Environment,
  ) {}

  /**
   * Asks whether this gate lets claims in, and loads the claim script into its server (R4).
   * @returns false when the gate has changed since it was looked at
   */
  async admits({ campaignId, epoch, nonce }: OpenGate): Promise<boolean> {
    const args = [this.environment.SLOT_LEASE_MS, epoch, nonce]; // no users: it decides nothing
    const [code] = (await this.gates.runScript(this.claimScript, campaignId, args)) as Reply;
    return code !== STALE_REPLY;
  }

  /** Decides a batch in its order. Users may repeat; 1..2000 of them. */
  async claim(gate: OpenGate, userIds: readonly string[]): Promise<ClaimDecisions | typeof STALE_EPOCH> {
    let reply: Reply;
    try {
      reply = (await this.gates.runLoaded(this.claimScript, gate.campaignId, [
        this.environment.SLOT_LEASE_MS,
        gate.epoch,
        gate.nonce,
        ...userIds,
      ])) as Reply;
    } catch (error) {
      if (isNoScript(error)) return STALE_EPOCH; // it may be another server
      throw error;
    }
    if (reply[0] === STALE_REPLY) return STALE_EPOCH;
    const answers = reply.slice(3) as Reply[];
    return {
      lastArrivalNo: Number(reply[1]),
      rebuiltUpTo: Number(reply[2]),
      decisions: userIds.map((userId, i) => toDecision(userId, answers[i] ?? [])),
    };
  }

  /** Tells the gate that these were paid. Users who no longer hold the slot are skipped. */
  async settle(campaignId: string, holders: readonly SlotHolder[]): Promise<void> {
    await this.gates.runScript(this.settleScript, campaignId, pairs(holders));
  }

  /**
   * Tells the gate that these were rejected; an empty user id frees a slot that nobody holds. Slots pass to the line at
   * once.
   */
  async free(campaignId: string, holders: readonly SlotHolder[]): Promise<Freed | typeof STALE_EPOCH> {
    const args = [this.environment.SLOT_LEASE_MS, ...pairs(holders)];
    const reply = (await this.gates.runScript(this.freeScript, campaignId, args)) as Reply;
    if (reply[0] === STALE_REPLY) return STALE_EPOCH;
    return { epoch: String(reply[1]), promotions: (reply.slice(3) as [string, string][]).map(toClaim) };
  }

  /** Gives these slots a new lease. */
  async renew(campaignId: string, holders: readonly SlotHolder[]): Promise<void> {
    if (holders.length === 0) return;
    await this.gates.runScript(this.renewScript, campaignId, [
      this.environment.SLOT_LEASE_MS,
      ...pairs(holders),
    ]);
  }

  /** @param limit for slots, and for places, each */
  async expired(campaignId: string, limit: number): Promise<ExpiredLeases | typeof STALE_EPOCH> {
    const args = [limit, this.environment.SLOT_LEASE_MS];
    const reply = (await this.gates.runScript(this.expiredScript, campaignId, args)) as Reply;
    if (reply[0] === STALE_REPLY) return STALE_EPOCH;
    return toExpiredLeases(reply);
  }

  /**
   * Whether a lease has run out that no reaper has looked at yet: what the gate decided may still have to be rolled
   * forward (R10). True as well when there is no gate to ask.
   */
  async hasRunOutLeases(campaignId: string): Promise<boolean> {
    const expired = await this.expired(campaignId, 1);
    return expired === STALE_EPOCH || expired.slots.length + expired.places.length > 0;
  }

  /** Tells the gate that these places in the line are durable, so that the reaper need not look at them (R10). */
  async confirmPlaces(campaignId: string, userIds: readonly string[]): Promise<void> {
    if (userIds.length > 0) await this.gates.runScript(this.confirmScript, campaignId, userIds);
  }

  /**
   * Tells the gate what an operator changed, and how far Postgres has come (R16). Late and doubled calls change
   * nothing.
   * @returns the revision that the gate has now; null when there is no gate, or a damaged one
   */
  async announce(campaignId: string, terms: GateTerms): Promise<TakenRevision | null> {
    const reply = await this.gates.runScript(this.announceScript, campaignId, [
      this.ownership.round,
      ...[terms.revision, terms.state, terms.opensAt ?? '', terms.closesAt ?? '', terms.waitingCapacity],
    ]);
    if (reply === null) return null;
    const [revision, epoch, arrivalNo] = reply as [string, string, string];
    return { revision, epoch, arrivalNo };
  }

  /** Tells the gate whether a campaign that closes at `closesAt` (ms) is over by Postgres' clock (R27). */
  async tellClosing(campaignId: string, closesAt: number, isOver: boolean): Promise<void> {
    await this.gates.runScript(this.closingScript, campaignId, [closesAt, isOver ? 1 : 0]);
  }

  /** The users who have waited longest, at most `limit`. None when there is no gate, or a damaged one. */
  async firstInLine(campaignId: string, limit: number): Promise<string[]> {
    return (await this.gates.runScript(this.firstInLineScript, campaignId, [limit])) as string[];
  }

  /**
   * Removes these users from the line: the campaign has ended for them, or they have left.
   * @returns false when there is no gate to tell
   */
  async endLine(campaignId: string, userIds: readonly string[]): Promise<boolean> {
    if (userIds.length === 0) return true;
    return (await this.gates.runScript(this.endLineScript, campaignId, userIds)) !== -1;
  }

  /** What this gate remembers of a user; null for nothing. @returns STALE_EPOCH when another gate stands by now */
  async recall(
    { campaignId, epoch, nonce }: OpenGate,
    userId: string,
  ): Promise<GateClaim | null | typeof STALE_EPOCH> {
    const reply = (await this.gates.runScript(this.recallScript, campaignId, [
      epoch,
      nonce,
      userId,
    ])) as Reply;
    if (reply[0] === STALE_REPLY) return STALE_EPOCH;
    return reply[1] === '' ? null : parseGateClaim(userId, String(reply[1]));
  }

  /**
   * The positions of these users in the line, 1 for the next to be promoted. A user who is not in it is missing.
   * @param epoch the one that the campaign has in Postgres
   * @returns STALE_EPOCH when the gate has another epoch, or was built on another server
   */
  async positions(
    campaignId: string,
    epoch: string,
    userIds: readonly string[],
  ): Promise<ReadonlyMap<string, number> | typeof STALE_EPOCH> {
    const reply = (await this.gates.runScript(this.positionsScript, campaignId, [
      epoch,
      ...userIds,
    ])) as Reply;
    if (reply[0] === STALE_REPLY) return STALE_EPOCH;
    const places = userIds.map((userId, i): [string, number] => [userId, Number(reply[i + 1])]);
    return new Map(places.filter(([, position]) => position > 0));
  }

  /** All counts at one instant. Null when there is no gate, or a damaged one. */
  async counts(campaignId: string): Promise<GateCounts | null> {
    const [available, processing, settled, waiting] = (await this.gates.runScript(
      this.countsScript,
      campaignId,
      [],
    )) as number[];
    if (available === undefined) return null;
    return { available, processing: processing ?? 0, settled: settled ?? 0, waiting: waiting ?? 0 };
  }

  /** Null when there is no gate, or a damaged one. */
  async arrivals(campaignId: string): Promise<GateArrivals | null> {
    const reply = (await this.gates.runScript(this.arrivalsScript, campaignId, [])) as (string | null)[];
    const [epoch, nonce, arrivalNo, rebuiltUpTo, known] = reply;
    if (!epoch || !nonce) return null;
    return {
      ...{ epoch, nonce, lastArrivalNo: Number(arrivalNo) },
      ...{ rebuiltUpTo: Number(rebuiltUpTo), known: Number(known) },
    };
  }

  /**
   * Compares everything that the gate holds with what it counts (R19).
   * @returns false when it has lost a part, or is missing: look at it
   */
  async isWhole(campaignId: string): Promise<boolean> {
    let part = 0;
    do part = (await this.gates.runScript(this.inspectScript, campaignId, [part, PARTS_PER_CALL])) as number;
    while (part > 0);
    return part === 0;
  }

  /**
   * Removes the gate of a finished campaign for good (R29). Safe to repeat. Leaves that of another installation alone.
   */
  async retire(campaignId: string): Promise<void> {
    while ((await this.gates.runScript(this.retireScript, campaignId, [PARTS_PER_CALL])) === 1);
  }
}

function pairs(holders: readonly SlotHolder[]): (string | number)[] {
  return holders.flatMap(({ grantSeq, userId }) => [grantSeq, userId]);
}
