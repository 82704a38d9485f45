import { Column, Entity, PrimaryColumn } from 'typeorm';

/** PENDING until the payout has ended; SUCCESS and FAILED are final. */
export type GrantStatus = 'PENDING' | 'SUCCESS' | 'FAILED';

/** One user's grant in one campaign. */
@Entity('user_grants')
export class UserGrant {
  @PrimaryColumn('text', { name: 'campaign_id' })
  campaignId: string;

  /** A BIGINT: a string wherever it comes in or goes out. */
  @PrimaryColumn('bigint', { name: 'user_id' })
  userId: string;

  /** The slot, 1..capacity. */
  @Column('int', { name: 'grant_seq' })
  grantSeq: number;

  /** The arrival number; a BIGINT as Postgres writes it. */
  @Column('bigint', { name: 'arrival_no' })
  arrivalNo: string;

  @Column('text')
  status: GrantStatus;

  /** When the claim was taken, by the gate's clock. */
  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt: Date;
}
