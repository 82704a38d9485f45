import { ApiProperty, IntersectionType, OmitType } from '@nestjs/swagger';
import { CampaignView } from './campaign.dto.js';
import { REVERSAL_POLICIES, type ReversalPolicy } from './campaign.entity.js';

/** What only operators see. */
class OperatorTerms {
  @ApiProperty({
    enum: REVERSAL_POLICIES,
    description:
      'what happens to a slot whose payout came back: it stays used, or it passes to the next in line',
  })
  readonly reversalPolicy: ReversalPolicy;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description:
      'since when nobody can change the list of who may claim; null: it can be changed until the opening, or there is none',
  })
  readonly eligibleFrozenAt: Date | null;

  @ApiProperty({
    type: 'integer',
    description:
      'counts the changes; in quotes it is the ETag of GET …/terms. Send it as If-Match with a change that must not ' +
      'undo what somebody else has changed meanwhile',
  })
  readonly revision: number;

  @ApiProperty({ type: String, format: 'date-time', description: 'when it was created' })
  readonly createdAt: Date;

  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'the last change by an operator or by its end',
  })
  readonly updatedAt: Date;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description:
      'since when it is archived: its people, payouts and list are removed from here, and are in the file that ' +
      '`npm run archive -- --remove` wrote. null: they are here',
  })
  readonly archivedAt: Date | null;
}

/** All terms of a campaign, as operators read them back. */
export class CampaignTerms extends IntersectionType(
  OmitType(CampaignView, ['remaining', 'waiting'] as const),
  OperatorTerms,
) {}

/** All terms of a campaign, and how much of it is left. */
export class CampaignDetails extends IntersectionType(CampaignView, OperatorTerms) {}
