import { Inject, Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { Failpoints } from '../failpoints/failpoints.js';
import { withSessionLock } from '../postgres/session-lock.js';
import { unavailable } from '../problems/problem.js';
import { GateLook } from './gate-look.js';
import { readGateFacts } from './gate-picture.js';
import { GateRebuild } from './gate-rebuild.js';
import { GATE_REDIS, type GateRedis } from './gate-redis.js';
import { type OpenGate, STALE } from './gate-answers.js';
import { SlotService } from './slot.service.js';

const LOOKS = 3;

/**
 * Knows which gates can be trusted: those that were found to agree with Postgres since the connection to Redis was made.
 * A gate that is missing, of another epoch, of an older layout, on another server than it was built on, or in contradiction
 * to Postgres, is rebuilt (R3, R11).
 */
@Injectable()
export class GateKeeper {
  private readonly log = new Logger(GateKeeper.name);
  private readonly trusted = new Map<string, OpenGate>();
  private readonly looks = new Map<string, Promise<OpenGate | null>>();
  /** Settles when the rebuilds of this process that were asked for so far are over. */
  private rebuilds: Promise<unknown> = Promise.resolve();
  /** Gates that contradict Postgres although their epoch is the right one: the epoch, by campaign. */
  private readonly condemned = new Map<string, string>();

  constructor(
    @InjectDataSource() private readonly source: DataSource,
    @Inject(GATE_REDIS) redis: GateRedis,
    private readonly slots: SlotService,
    private readonly gateLook: GateLook,
    private readonly rebuild: GateRebuild,
    private readonly failpoints: Failpoints,
  ) {
    // It may be another server. Were this missed, or came it late, the claim script would say so (R11).
    redis.on('ready', () => this.trusted.clear());
  }

  /**
   * A gate that claims can be asked of, rebuilt first if need be. Null when there is no such campaign.
   * @throws the drivers' errors when Redis or Postgres can't be asked
   */
  open(campaignId: string): Promise<OpenGate | null> {
    const gate = this.trusted.get(campaignId);
    if (gate) return Promise.resolve(gate);
    const underWay = this.looks.get(campaignId);
    if (underWay) return underWay;
    const look = this.look(campaignId).finally(() => this.looks.delete(campaignId));
    this.looks.set(campaignId, look);
    return look;
  }

  /** Something spoke against this gate; it is looked at before it is used again. */
  doubt(campaignId: string): void {
    this.trusted.delete(campaignId);
  }

  /** The gate of this epoch holds what can't be, given what Postgres holds; it is rebuilt before it is used again. */
  condemn(campaignId: string, epoch: string): void {
    this.log.warn({ msg: 'Gate and Postgres contradict each other', campaignId, epoch });
    this.condemned.set(campaignId, epoch);
    this.trusted.delete(campaignId);
  }

  private async look(campaignId: string): Promise<OpenGate | null> {
    for (let attempt = 1; attempt <= LOOKS; attempt++) {
      const facts = await readGateFacts(this.source, campaignId);
      if (!facts) return null;
      const epoch = (await this.isSound(campaignId, facts.epoch))
        ? facts.epoch
        : await this.rebuildInTurn(campaignId);
      this.failpoints.reach('gate.inspected');
      const gate = await this.slots.admit(campaignId, epoch);
      // It may have changed since it was looked at, and something may have spoken against it.
      if (gate !== STALE && this.condemned.get(campaignId) !== epoch) {
        this.trusted.set(campaignId, gate);
        return gate;
      }
    }
    throw unavailable('The gate is being rebuilt.');
  }

  /** Each rebuild holds a connection for its lock and works over others, so a process does one at a time. */
  private rebuildInTurn(campaignId: string): Promise<string> {
    const turn = this.rebuilds.then(() =>
      withSessionLock(this.source, `gate:${campaignId}`, () => this.rebuildUnlessSound(campaignId)),
    );
    this.rebuilds = turn.catch(() => undefined);
    return turn;
  }

  /** R3: somebody else may have rebuilt it while we waited for the lock. */
  private async rebuildUnlessSound(campaignId: string): Promise<string> {
    const facts = await readGateFacts(this.source, campaignId);
    if (facts && (await this.isSound(campaignId, facts.epoch))) return facts.epoch;
    if (facts?.epoch === '0') this.log.log({ msg: 'Building the gate', campaignId });
    else this.log.warn({ msg: 'Rebuilding the gate from Postgres', campaignId });
    const started = performance.now();
    const epoch = await this.rebuild.run(campaignId);
    // An operator may have spoken to the old gate while the new one was computed.
    const terms = await readGateFacts(this.source, campaignId);
    if (terms) await this.slots.announce(campaignId, terms);
    this.log.log({
      msg: 'The gate is rebuilt',
      campaignId,
      epoch,
      tookMs: Math.round(performance.now() - started),
    });
    return epoch;
  }

  private async isSound(campaignId: string, epoch: string): Promise<boolean> {
    if (this.condemned.get(campaignId) === epoch) return false;
    const gate = await this.gateLook.at(campaignId);
    return gate.epoch === epoch && gate.isAtHome && gate.isReadable;
  }
}
