import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { CampaignState } from './campaign-lifecycle.js';

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

  @Column('timestamptz', { name: 'opens_at', nullable: true })
  opensAt: Date | null;

  @Column('timestamptz', { name: 'closes_at', nullable: true })
  closesAt: Date | null;

  @Column('text')
  state: CampaignState;

  /** Counts the gate's rebuilds. */
  @Column('bigint')
  epoch: string;

  /** Counts what operators changed. */
  @Column('bigint')
  revision: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt: Date;
}
