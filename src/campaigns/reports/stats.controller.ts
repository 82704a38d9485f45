import { Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam } from '@nestjs/swagger';
import { AdminController } from '../../platform/admin/admin-controller.js';
import { NeedsScope } from '../../platform/identity/scopes.js';
import { ApiProblems } from '../../platform/problems/api-problems.js';
import { unknownCampaign } from '../../platform/problems/unknown-campaign.js';
import { CampaignReports } from './campaign-reports.js';
import { ClaimTally } from './claim-tally.js';
import { StatsView } from './stats.dto.js';

@AdminController('v1/campaigns/:id')
export class StatsController {
  constructor(
    private readonly campaigns: CampaignReports,
    private readonly tally: ClaimTally,
  ) {}

  @Get('stats')
  @NeedsScope('grants:read')
  @ApiParam({ name: 'id', type: String, description: 'the id of the campaign', example: 'spring-drop' })
  @ApiOperation({
    summary: 'The counts of a campaign in Postgres and at the gate; GET …/payouts says why payouts wait',
  })
  @ApiOkResponse({ type: StatsView, description: 'the counts' })
  @ApiProblems('invalid-token', 'forbidden', 'unknown-campaign')
  async stats(@Param('id') id: string): Promise<StatsView> {
    const campaign = await this.campaigns.get(id);
    const [tally, gate] = await Promise.all([this.tally.of(id), this.campaigns.reading(campaign)]);
    if (!tally) throw unknownCampaign();
    const conserved = gate && gate.available + gate.processing + gate.settled === campaign.capacity;
    const { capacity, archivedAt, successCount } = campaign;
    // The rows of an archived campaign are gone, or go.
    const postgres = archivedAt === null ? tally : { ...tally, success: successCount ?? tally.success };
    return { campaignId: id, capacity, archivedAt, postgres, gate, conserved };
  }
}
