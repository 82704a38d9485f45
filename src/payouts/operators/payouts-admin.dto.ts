import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, Matches } from 'class-validator';
import { PageQuery } from '../../platform/http/page-query.js';
import { IsReason, REASON_LENGTH } from '../../platform/admin/is-reason.js';
import { Reasoned } from '../../platform/admin/operator.js';
import { IsUserId } from '../../platform/identity/is-user-id.js';
import { HELD_UP, type HeldUp } from './held-up.js';
import { SWITCH_STATES, type SwitchState } from './payout-switch.js';
import { PAYOUT_STATES, type PayoutState } from '../payout-state.js';

const DECISIONS = ['SETTLED', 'REJECTED'] as const;

export class PayoutPath {
  @Matches(/^[^\p{Cc}]*$/u, { message: 'the id of the campaign must not contain control characters' })
  readonly id: string;

  @IsUserId()
  readonly userId: string;
}

export class PayoutPageQuery extends PageQuery {
  @ApiPropertyOptional({ enum: PAYOUT_STATES, description: 'only payouts in this state' })
  @IsOptional()
  @IsIn(PAYOUT_STATES)
  readonly state?: PayoutState;

  @ApiPropertyOptional({ description: 'the user id after which the page begins: `next` of the last page' })
  @IsOptional()
  @IsUserId()
  readonly after?: string;
}

export class RevokeGrantDto extends Reasoned {}

/** An operator's decision on a payout when nobody else can say what became of it. */
export class DecidePayoutDto {
  @ApiProperty({
    enum: DECISIONS,
    description: 'SETTLED: the user has the money; REJECTED: the user does not have it and never will',
  })
  @IsIn(DECISIONS)
  readonly state: (typeof DECISIONS)[number];

  @ApiProperty({ ...REASON_LENGTH, description: 'how you know; kept with your name' })
  @IsReason()
  readonly reason: string;
}

export class PayoutView {
  @ApiProperty({ description: 'decimal, 1..2^63-1' })
  readonly userId: string;

  @ApiProperty({ description: 'one per grant; it never changes' })
  readonly idempotencyKey: string;

  @ApiProperty({
    enum: PAYOUT_STATES,
    description:
      'DUE: to be sent. SENDING: a call is under way. IN_DOUBT: sent, without an answer; it is asked for. HELD: in doubt for so long that an operator must decide. SETTLED: paid. REJECTED: not paid, and never will be. REVERSED: paid, and come back. REVOKED: never sent, since the grant was revoked',
  })
  readonly state: PayoutState;

  @ApiProperty({ type: 'integer', description: 'how often it was sent or asked for' })
  readonly attempts: number;

  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'the id of the transfer, or of the rejection, at whoever paid or rejected: the provider, or the ledger; null until ' +
      'there is one',
  })
  readonly providerReference: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'why the last attempt got no outcome, or why it was rejected; null if there is nothing to tell',
  })
  readonly lastError: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description:
      'when it was first sent, or, after a RESEND, when that was approved: the time for which the provider remembers the key ' +
      'counts from then. null before',
  })
  readonly firstSentAt: Date | null;

  @ApiProperty({ type: String, format: 'date-time', description: 'when it last changed' })
  readonly updatedAt: Date;
}

export class PayoutEventView {
  @ApiProperty({
    description:
      'what happened: a state that was reached; RESEND; PUT_BACK, when it was not sent after all; or CONTRADICTED, when ' +
      'somebody reported another outcome than the final one',
  })
  readonly event: string;

  @ApiProperty({ type: String, nullable: true, description: 'more about it, such as an error or a reason' })
  readonly detail: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'the operator who decided it' })
  readonly actor: string | null;

  @ApiProperty({ type: String, format: 'date-time', description: 'when it happened' })
  readonly at: Date;
}

export class PayoutDetailView extends PayoutView {
  @ApiProperty({ type: [PayoutEventView], description: 'everything that happened to it, oldest first' })
  readonly events: PayoutEventView[];
}

export class PayoutPage {
  @ApiProperty({ enum: SWITCH_STATES, description: 'whether payouts of the campaign are taken' })
  readonly state: SwitchState;

  @ApiProperty({
    enum: Object.keys(HELD_UP),
    isArray: true,
    description: `Why payouts of the campaign wait, and what to do; empty when nothing holds them up. ${Object.entries(
      HELD_UP,
    )
      .map(([code, text]) => `${code}: ${text}.`)
      .join(' ')}`,
  })
  readonly heldUp: HeldUp[];

  @ApiProperty({ type: [PayoutView], description: 'this page, in order of user ids' })
  readonly items: PayoutView[];

  @ApiProperty({
    type: String,
    nullable: true,
    description:
      '`after` of the next page; null on the last. A page may be short, or empty, and not be the last',
  })
  readonly next: string | null;
}
