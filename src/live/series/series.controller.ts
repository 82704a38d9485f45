import { Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam } from '@nestjs/swagger';
import { CampaignReports } from '../../campaigns/reports/campaign-reports.js';
import { AdminController } from '../../platform/admin/admin-controller.js';
import { NeedsScope } from '../../platform/identity/scopes.js';
import { ApiProblems } from '../../platform/problems/api-problems.js';
import { SERIES_STEP_MS } from '../counting/series-step.js';
import { SeriesReport } from './series-report.js';
import { SeriesQuery, SeriesView } from './series.dto.js';

@AdminController('v1/campaigns/:id/series')
export class SeriesController {
  constructor(
    private readonly campaigns: CampaignReports,
    private readonly report: SeriesReport,
  ) {}

  @Get()
  @NeedsScope('grants:read')
  @ApiParam({ name: 'id', type: String, description: 'the id of the campaign', example: 'spring-drop' })
  @ApiOperation({
    summary: 'What happened in a campaign, in steps of 10 s, a page at a time',
    description:
      'A step can be read some seconds after its end. Steps are kept for SERIES_KEPT_MS (30 days).',
  })
  @ApiOkResponse({ type: SeriesView, description: 'a page of figures' })
  @ApiProblems('invalid-token', 'forbidden', 'unknown-campaign')
  async read(@Param('id') id: string, @Query() { from, to, limit }: SeriesQuery): Promise<SeriesView> {
    await this.campaigns.get(id);
    const [first, end] = [from, to].map((time) => (time === undefined ? null : new Date(time)));
    const items = await this.report.page(id, first ?? null, end ?? null, limit);
    const last = items.length === limit ? items.at(-1) : undefined;
    return {
      stepMs: SERIES_STEP_MS,
      items,
      next: last ? new Date(last.at.getTime() + SERIES_STEP_MS) : null,
    };
  }
}
