import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { LRUCache } from 'lru-cache';
import type { DataSource } from 'typeorm';
import { EventLog } from '../../platform/logging/event-log.js';
import { Environment } from '../../platform/config/environment.js';
import { Metrics } from '../../platform/metrics/metrics.js';
import { Failpoints } from '../../platform/failpoints/failpoints.js';
import { withSessionLock } from '../../platform/postgres/session-lock.js';
import { Problem, unavailable } from '../../platform/problems/problem.js';
import type { ClaimGate } from './gate-answers.js';
import { GateInspection, type StandingGate } from './gate-inspection.js';
import { GateOwnership } from './gate-ownership.js';
import { type GateFacts, readGateFacts } from './gate.store.js';
import { GateRebuild } from './gate-rebuild.js';
import { REQUEST_REDIS, type RequestRedis } from '../../platform/redis/request-redis.js';
import { RebuildTurns } from './rebuild-turns.js';
import { SlotService } from './slot.service.js';
import { TermsAnnouncement } from './terms-announcement.js';

const LOOKS = 3;

/** One rebuild may run per this many connections of the pool. It holds one for its lock, and works over another. */
const CONNECTIONS_A_REBUILD = 4;

/**
 * After a rebuild has failed, for lack of room for example, the next one waits. The pause doubles, up to the longest.
 */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4_000;

/** Campaigns per map at most. What was evicted is found out again. */
const CAMPAIGNS_REMEMBERED = 10_000;

interface Failure {
  readonly pauseMs: number;
  /** By `performance.now()`. */
  readonly retryAt: number;
}

/** What is wrong with every gate after a restart of Redis, however orderly: nothing to warn of, unlike all else. */
const SERVER_CHANGED = 'it was built on another server, or before this one restarted';

/**
 * Knows which gates can be trusted: those found to agree with Postgres since Redis was connected last, and since
 * Postgres was last found to be another database. A gate that is missing, damaged, of another epoch, of an older
 * layout, on another server than it was built on, built from another database, ahead of Postgres, or in contradiction
 * to it, is rebuilt (R3, R11, R15, R16, R19).
 */
@Injectable()
export class GateKeeper {
  private readonly log = new EventLog(GateKeeper.name);
  private readonly trusted = new LRUCache<string, ClaimGate>({ max: CAMPAIGNS_REMEMBERED });
  private readonly looks = new Map<string, Promise<ClaimGate | null>>();
  private readonly turns: RebuildTurns;
  /** Campaigns whose last rebuild failed. */
  private readonly failures = new LRUCache<string, Failure>({ max: CAMPAIGNS_REMEMBERED });
  /** Campaigns whose gate contradicts Postgres although its epoch is right, with that epoch. */
  private readonly condemned = new LRUCache<string, string>({ max: CAMPAIGNS_REMEMBERED });

  constructor(
    @InjectDataSource() private readonly source: DataSource,
    @Inject(REQUEST_REDIS) redis: RequestRedis,
    private readonly ownership: GateOwnership,
    private readonly slots: SlotService,
    private readonly announcement: TermsAnnouncement,
    private readonly inspection: GateInspection,
    private readonly rebuild: GateRebuild,
    private readonly failpoints: Failpoints,
    private readonly metrics: Metrics,
    { DATABASE_POOL_SIZE }: Environment,
  ) {
    this.turns = new RebuildTurns(Math.max(1, Math.floor(DATABASE_POOL_SIZE / CONNECTIONS_A_REBUILD)));
    // It may be another server. If this event is lost or late, the claim script notices (R11).
    redis.on('ready', () => this.trusted.clear());
    ownership.onChange(() => this.trusted.clear());
  }

  /**
   * A gate that claims can be sent to, rebuilt first if necessary. Null when there is no such campaign, or it is
   * finished (R29).
   * @param isUrgent whether a request waits for it, so that it is rebuilt before those that no request waits for
   * @throws Problem 503 when the gates belong to another installation; the drivers' errors when Redis or Postgres can't
   *   be asked
   */
  async open(campaignId: string, { isUrgent = true } = {}): Promise<ClaimGate | null> {
    this.ownership.mustBeOurs();
    const gate = this.trusted.get(campaignId);
    if (gate) return gate;
    if (isUrgent) this.turns.hurry(campaignId);
    const underWay = this.looks.get(campaignId);
    if (underWay) return underWay;
    const look = this.look(campaignId, isUrgent).finally(() => this.looks.delete(campaignId));
    this.looks.set(campaignId, look);
    return look;
  }

  /** Trusts this gate no longer: it is looked at before it is used again. */
  recheck(campaignId: string): void {
    this.trusted.delete(campaignId);
  }

  /** Condemns the gate of this epoch, because it contradicts Postgres: it is rebuilt before it is used again. */
  requireRebuild(campaignId: string, epoch: string): void {
    this.log.write('gate-contradiction', { campaignId, epoch });
    this.metrics.gateContradictions.inc();
    this.condemned.set(campaignId, epoch);
    this.trusted.delete(campaignId);
  }

  /** Tells the gate the terms of the campaign as Postgres holds them. */
  async tellTerms(campaignId: string): Promise<void> {
    const terms = await readGateFacts(this.source, campaignId);
    if (terms) await this.announcement.tell(campaignId, terms);
  }

  /** Removes the gate of a finished campaign for good (R29). Safe to repeat. @throws as `open` */
  async retire(campaignId: string): Promise<void> {
    this.ownership.mustBeOurs();
    // The lock keeps rebuilds out meanwhile. None begins later, because the campaign is finished in Postgres.
    await withSessionLock(this.source, `gate:${campaignId}`, () => this.slots.retire(campaignId));
    for (const memory of [this.trusted, this.condemned, this.failures]) memory.delete(campaignId);
  }

  private async look(campaignId: string, isUrgent: boolean): Promise<ClaimGate | null> {
    for (let attempt = 1; attempt <= LOOKS; attempt++) {
      const facts = await this.readFacts(campaignId);
      if (!facts || facts.isFinished) return null;
      const found = await this.find(campaignId, facts);
      const gate = found ?? (await this.rebuildInTurn(campaignId, isUrgent));
      this.failpoints.reach('gate.inspected');
      // The gate may have changed since it was looked at, or have been condemned.
      if ((await this.slots.admits(gate)) && this.condemned.get(campaignId) !== gate.epoch) {
        this.trusted.set(campaignId, gate);
        return gate;
      }
    }
    throw unavailable('The gate is being rebuilt.');
  }

  /**
   * Null when there is no such campaign. @throws Problem 503 when Postgres has just turned out to be another database
   */
  private async readFacts(campaignId: string): Promise<GateFacts | null> {
    const facts = await readGateFacts(this.source, campaignId);
    if (!facts || facts.identity === this.ownership.identity) return facts;
    await this.ownership.beat();
    this.ownership.mustBeOurs();
    if (facts.identity !== this.ownership.identity) throw unavailable('The database is being replaced.');
    return facts;
  }

  /** The gate; null when something is wrong with it. */
  private async find(campaignId: string, facts: GateFacts): Promise<ClaimGate | null> {
    const gate = await this.inspection.at(campaignId);
    if (this.whatIsWrong(campaignId, facts, gate) !== null) return null;
    if (gate.round > facts.round && (await this.isAhead(campaignId, gate.round))) return null;
    // R27: the campaign closes when both clocks say so.
    if (gate.isClosing && facts.closesAt !== null)
      await this.slots.tellClosing(campaignId, facts.closesAt, facts.isOver);
    return openGate(campaignId, facts, gate);
  }

  /** R16. The round may have been noted after Postgres was read, so Postgres is read again. */
  private async isAhead(campaignId: string, round: number): Promise<boolean> {
    const facts = await readGateFacts(this.source, campaignId);
    if (!facts || facts.round >= round) return false;
    await this.ownership.isAhead(round);
    this.ownership.mustBeOurs();
    return true;
  }

  private whatIsWrong(campaignId: string, { epoch }: GateFacts, gate: StandingGate): string | null {
    if (gate.epoch === null || gate.nonce === '') return 'there is no gate';
    if (!gate.hasCurrentLayout) return 'it has another layout';
    if (!gate.isOurs) return 'it was built from another database, or from this one before it was set back';
    if (!gate.isOnSameServer) return SERVER_CHANGED;
    if (gate.epoch !== epoch) return 'it has another epoch';
    if (gate.damage !== '') return `it is damaged: ${gate.damage}`;
    if (this.condemned.get(campaignId) === epoch) return 'it contradicts Postgres';
    return null;
  }

  private async rebuildInTurn(campaignId: string, isUrgent: boolean): Promise<ClaimGate> {
    const failure = this.failures.get(campaignId);
    if (failure && performance.now() < failure.retryAt) throw unavailable('The gate could not be rebuilt.');
    return this.turns.take(campaignId, isUrgent, () =>
      withSessionLock(this.source, `gate:${campaignId}`, () => this.rebuildUnlessSound(campaignId)),
    );
  }

  /** R3: another process may have rebuilt it while this one waited for the lock. */
  private async rebuildUnlessSound(campaignId: string): Promise<ClaimGate> {
    await this.ownership.beat(); // R17: the gates may have another owner by now
    const facts = await this.readFacts(campaignId);
    if (!facts) throw unavailable('The campaign is gone.');
    const standing = await this.inspection.at(campaignId);
    const wrong = this.whatIsWrong(campaignId, facts, standing);
    if (wrong === null) return openGate(campaignId, facts, standing);
    const cause = facts.epoch === '0' ? 'first' : wrong === SERVER_CHANGED ? 'server-changed' : 'fault';
    if (cause === 'first') this.log.write('gate-building', { campaignId });
    else if (cause === 'server-changed') this.log.write('gate-server-changed', { campaignId });
    else this.log.write('gate-rebuilding', { campaignId, because: wrong });
    const started = performance.now();
    const gate = await this.rebuildOrPause(campaignId, standing.epoch);
    await this.tellTerms(campaignId); // an operator may have changed them meanwhile, at the old gate only
    const tookMs = performance.now() - started;
    this.metrics.gateRebuildSeconds.observe({ cause }, tookMs / 1_000);
    this.log.write('gate-rebuilt', { campaignId, epoch: gate.epoch, tookMs: Math.round(tookMs) });
    return gate;
  }

  private async rebuildOrPause(campaignId: string, standing: string | null): Promise<ClaimGate> {
    try {
      const gate = await this.rebuild.replaceGate(campaignId, standing);
      this.failures.delete(campaignId);
      return gate;
    } catch (error) {
      // A Problem means that another rebuild was faster, which is not a failure.
      if (!(error instanceof Problem)) {
        const pauseMs = Math.min(
          2 * (this.failures.get(campaignId)?.pauseMs ?? FIRST_PAUSE_MS / 2),
          LONGEST_PAUSE_MS,
        );
        this.failures.set(campaignId, { pauseMs, retryAt: performance.now() + pauseMs });
      }
      throw error;
    }
  }
}

function openGate(campaignId: string, { hasList }: GateFacts, { epoch, nonce }: StandingGate): ClaimGate {
  return { campaignId, epoch: epoch ?? '', nonce, hasList };
}
