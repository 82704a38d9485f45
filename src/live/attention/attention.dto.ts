import { ApiProperty } from '@nestjs/swagger';
import { ATTENTION_CODES, type AttentionCode, type AttentionItem } from './attention-code.js';

export class AttentionItemView implements AttentionItem {
  @ApiProperty({
    enum: ATTENTION_CODES,
    description:
      'what waits; new codes may come. not-read: so many parts of the list can’t be read, and more may wait. gate-differs: see `differs` in GET …/figures; told by an instance where the ' +
      'figures were looked at lately. no-reaper: no worker looks after the campaigns. payouts-held: operators have to ' +
      'decide. books-differ: what the last reconciliation found and did not apply. decision-to-approve: proposed, and not approved. payouts-stopped: by an operator. ' +
      'provider-not-configured, provider-silent: as a worker has met it. log-set-back, log-not-written, log-late: as the ' +
      'state in GET /v1/public-log. log-campaign-stopped: of a campaign that is not finished. webhook-endpoint-off: endpoints that ' +
      'were switched off, not by an operator. webhooks-late: endpoints for which a webhook has waited for 30 minutes. payouts-in-doubt: nobody knows whether they ' +
      'were made. oldest-unpaid: somebody has waited for 20 leases (10 min), and payouts are not stopped',
  })
  readonly code: AttentionCode;

  @ApiProperty({ type: String, nullable: true, description: 'the campaign; null for all, or none' })
  readonly campaignId: string | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'how many, where it can be counted; 1,000: or more',
  })
  readonly count: number | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'since when, the earliest of them; null where it is not recorded',
  })
  readonly since: Date | null;

  @ApiProperty({ description: 'what to do, for people' })
  readonly nextStep: string;

  @ApiProperty({
    example: '/v1/campaigns/spring-drop/payouts?state=HELD',
    description: 'the path of the API that shows it',
  })
  readonly href: string;
}

export class AttentionView {
  @ApiProperty({
    type: [AttentionItemView],
    description: 'the most pressing first; of one kind, the oldest first. Empty: nothing waits',
  })
  readonly items: AttentionItemView[];
}
