import { Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam } from '@nestjs/swagger';
import type { Response } from 'express';
import { AdminController } from '../../platform/admin/admin-controller.js';
import type { IdentifiedRequest } from '../../platform/identity/identity.js';
import { KeepsToListed, NeedsScope } from '../../platform/identity/scopes.js';
import { ApiProblems } from '../../platform/problems/api-problems.js';
import { invalidRequest } from '../../platform/problems/problem.js';
import { CampaignTerms } from '../campaign-terms.dto.js';
import { toCampaignTerms } from '../campaign-view.js';
import { TERMS_TAG, tagOfTerms } from '../terms-tag.js';
import { CampaignListPage, CampaignListQuery } from './campaign-list.dto.js';
import { CampaignLists } from './campaign-list.js';
import { CampaignReports } from './campaign-reports.js';

@AdminController('v1/campaigns')
export class CampaignListController {
  constructor(
    private readonly lists: CampaignLists,
    private readonly campaigns: CampaignReports,
  ) {}

  @Get()
  @NeedsScope('grants:read')
  @KeepsToListed(true)
  @ApiOperation({
    summary:
      'List campaigns with all their terms, the newest first, in pages; a partner is shown its own alone',
  })
  @ApiOkResponse({ type: CampaignListPage, description: 'a page of campaigns' })
  @ApiProblems('invalid-token', 'forbidden')
  async list(
    @Query() { before, limit, finished, ...filter }: CampaignListQuery,
    @Req() { identity }: IdentifiedRequest,
  ): Promise<CampaignListPage> {
    const isFinished = finished === undefined ? undefined : finished === 'true';
    const among = identity.partners?.heldTo ?? null;
    const page = await this.lists.page({ ...filter, finished: isFinished }, among, before, limit);
    if (!page)
      throw invalidRequest(
        'before must be `next` of the previous page, or the id of a campaign that is listed.',
      );
    return { items: page.items.map(toCampaignTerms), next: page.next };
  }

  @Get(':id/terms')
  @NeedsScope('grants:read')
  @ApiParam({ name: 'id', type: String, description: 'the id of the campaign', example: 'spring-drop' })
  @ApiOperation({ summary: 'All terms of a campaign as they stand; GET …/stats has its counts' })
  @ApiOkResponse({
    type: CampaignTerms,
    description: 'the terms, and the state at this moment',
    headers: TERMS_TAG,
  })
  @ApiProblems('invalid-token', 'forbidden', 'unknown-campaign')
  async terms(
    @Param('id') id: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<CampaignTerms> {
    const terms = toCampaignTerms(await this.campaigns.get(id));
    response.setHeader('ETag', tagOfTerms(terms));
    return terms;
  }
}
