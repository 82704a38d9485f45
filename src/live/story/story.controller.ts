import { Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam } from '@nestjs/swagger';
import { CampaignReports } from '../../campaigns/reports/campaign-reports.js';
import { EligibleList } from '../../campaigns/eligibility/eligible-list.js';
import { PayoutPath } from '../../payouts/operators/payouts-admin.dto.js';
import { AdminController } from '../../platform/admin/admin-controller.js';
import { NeedsScope } from '../../platform/identity/scopes.js';
import { ApiProblems } from '../../platform/problems/api-problems.js';
import { archived, LOOK_INTO_ARCHIVE } from '../../platform/problems/archived.js';
import { Problem } from '../../platform/problems/problem.js';
import { StoryView } from './story.dto.js';
import { Story } from './story.js';

@AdminController('v1/campaigns/:id/grants/:userId/story')
export class StoryController {
  constructor(
    private readonly campaigns: CampaignReports,
    private readonly story: Story,
    private readonly list: EligibleList,
  ) {}

  @Get()
  @NeedsScope('grants:read')
  @ApiOperation({ summary: 'What happened to one person, from the claim on, and why' })
  @ApiParam({ name: 'id', type: String, description: 'the id of the campaign', example: 'spring-drop' })
  @ApiParam({ name: 'userId', type: String, description: 'decimal, 1..2^63-1', example: '42' })
  @ApiOkResponse({ type: StoryView, description: 'the person, and what happened' })
  @ApiProblems('invalid-token', 'forbidden', 'unknown-campaign', 'no-claim')
  async read(@Param() { id, userId }: PayoutPath): Promise<StoryView> {
    const { archivedAt } = await this.campaigns.get(id);
    const story = await this.story.of(id, userId);
    if (story) return story;
    if (archivedAt) throw archived('no-claim', archivedAt, LOOK_INTO_ARCHIVE);
    throw noClaim(await this.list.has(id, userId));
  }
}

/** @param eligible whether the user is on the list of the campaign; null when it has none */
function noClaim(eligible: boolean | null): Problem {
  if (eligible === false)
    return new Problem(404, 'no-claim', 'This user is not on the list of this campaign', {
      detail: 'Only people on its list may claim: whoever else asks is answered 403 not-eligible.',
      members: { eligible },
    });
  return new Problem(404, 'no-claim', undefined, {
    detail:
      'This user never asked, was turned away, or every place was taken at that moment: that is not recorded.',
    members: eligible === null ? {} : { eligible },
  });
}
