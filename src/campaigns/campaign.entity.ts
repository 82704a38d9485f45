import { Column, Entity, PrimaryColumn, VirtualColumn } from 'typeorm';
import type { PayoutProvider } from '../platform/config/settings/payouts.js';
import { type CampaignState, type ShownState, shownState } from './campaign-lifecycle.js';

export const REVERSAL_POLICIES = ['keep', 'regrant'] as const;

/** What happens to a slot whose payout was settled and came back: it stays used, or it passes to the next in line. */
export type ReversalPolicy = (typeof REVERSAL_POLICIES)[number];

export const ELIGIBILITIES = ['everybody', 'list'] as const;

/** Who may claim: everybody, or the people on a list that is final when the campaign opens. */
export type Eligibility = (typeof ELIGIBILITIES)[number];

/** A give-away: `amount` to each of the first `capacity` payable people. */
@Entity('campaigns')
export class Campaign {
  /** A slug. */
  @PrimaryColumn('text')
  id: string;

  @Column('text')
  name: string;

  @Column('int')
  capacity: number;

  @Column('int', { name: 'waiting_capacity' })
  waitingCapacity: number;

  /** Minor units, to each; a BIGINT as Postgres writes it. */
  @Column('bigint')
  amount: string;

  /** ISO 4217. */
  @Column('text')
  currency: string;

  @Column('text', { name: 'reversal_policy' })
  reversalPolicy: ReversalPolicy;

  /** Who makes its payouts (R30). Null: it is older than this column, and nobody has paid anything yet. */
  @Column('text', { name: 'payout_provider', nullable: true })
  payoutProvider: PayoutProvider | null;

  @Column('text')
  eligibility: Eligibility;

  /** People on the list; 0 without one. */
  @Column('int', { name: 'eligible_count' })
  eligibleCount: number;

  /** Since when nobody can change the list. */
  @Column('timestamptz', { name: 'eligible_frozen_at', nullable: true })
  eligibleFrozenAt: Date | null;

  @Column('timestamptz', { name: 'opens_at', nullable: true })
  opensAt: Date | null;

  @Column('timestamptz', { name: 'closes_at', nullable: true })
  closesAt: Date | null;

  /** As operators and the reaper set it. What people are told is `shownState`. */
  @Column('text')
  state: CampaignState;

  /** As of when the row was read. */
  @VirtualColumn('text', { query: shownState })
  shownState: ShownState;

  /** Counts the gate's rebuilds. */
  @Column('bigint')
  epoch: string;

  /** Counts the changes that the gate must be told. */
  @Column('bigint')
  revision: string;

  /**
   * Since when nothing is under way: every slot is paid, or the campaign is closed and nobody is to be paid or told.
   */
  @Column('timestamptz', { name: 'at_rest_since', nullable: true })
  atRestSince: Date | null;

  /** From then on no slot becomes free for anybody (R9). */
  @Column('timestamptz', { name: 'sealed_at', nullable: true })
  sealedAt: Date | null;

  /** From then on the campaign has no gate (R29). */
  @Column('timestamptz', { name: 'finished_at', nullable: true })
  finishedAt: Date | null;

  /** How many users were paid in all, once the campaign is finished. */
  @Column('int', { name: 'success_count', nullable: true })
  successCount: number | null;

  /** From then on nothing of it is written, and the rows of its people may be in its archive alone. */
  @Column('timestamptz', { name: 'archived_at', nullable: true })
  archivedAt: Date | null;

  /** From then on it is shown to nobody. Nobody had claimed it. */
  @Column('timestamptz', { name: 'deleted_at', nullable: true })
  deletedAt: Date | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt: Date;
}
