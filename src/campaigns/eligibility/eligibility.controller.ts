import { Body, Delete, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiParam } from '@nestjs/swagger';
import { AdminController } from '../../platform/admin/admin-controller.js';
import type { IdentifiedRequest } from '../../platform/identity/identity.js';
import { NeedsScope } from '../../platform/identity/scopes.js';
import { ApiProblems } from '../../platform/problems/api-problems.js';
import { Problem } from '../../platform/problems/problem.js';
import { CampaignPages } from '../campaign-pages.js';
import { CampaignReports } from '../reports/campaign-reports.js';
import {
  AddEligibleDto,
  EligibleCountView,
  EligiblePageQuery,
  EligiblePageView,
  EligiblePath,
  FreezeListDto,
  FrozenListView,
} from './eligibility.dto.js';
import { EligibleList } from './eligible-list.js';

/** Below every user id. */
const FIRST = '0';

/** Who may claim in campaigns with a list, for operators. */
@AdminController('v1/campaigns/:id/eligible')
export class EligibilityController {
  constructor(
    private readonly list: EligibleList,
    private readonly campaigns: CampaignReports,
    private readonly pages: CampaignPages,
  ) {}

  @Get()
  @NeedsScope('grants:read')
  @ApiParam({ name: 'id', type: String, description: 'the id of the campaign', example: 'spring-drop' })
  @ApiOperation({ summary: 'Who may claim, in order of user ids; a page at a time. Empty without a list' })
  @ApiOkResponse({ type: EligiblePageView, description: 'a page of the list' })
  @ApiProblems('invalid-token', 'forbidden', 'unknown-campaign')
  async read(
    @Param('id') id: string,
    @Query() { after, limit }: EligiblePageQuery,
  ): Promise<EligiblePageView> {
    await this.campaigns.get(id);
    const { userIds, next } = await this.list.page(id, after ?? FIRST, limit);
    return { userIds: [...userIds], next };
  }

  @Post()
  @NeedsScope('grants:campaigns')
  @HttpCode(200)
  @ApiParam({ name: 'id', type: String, description: 'the id of the campaign', example: 'spring-drop' })
  @ApiOperation({ summary: 'Put people on the list, before the campaign opens. Safe to repeat' })
  @ApiOkResponse({ type: EligibleCountView, description: 'how many people came to the list, and are on it' })
  @ApiProblems('invalid-token', 'forbidden', 'cross-site', 'unknown-campaign', 'illegal-transition')
  async add(
    @Param('id') id: string,
    @Body() { userIds }: AddEligibleDto,
    @Req() { identity }: IdentifiedRequest,
  ): Promise<EligibleCountView> {
    const change = await this.list.add(id, userIds, { actor: identity.subject });
    if (change.kind === 'frozen') throw await this.frozen(id);
    this.pages.forget(id);
    return { added: change.people, eligibleCount: change.eligibleCount };
  }

  @Delete(':userId')
  @NeedsScope('grants:campaigns')
  @HttpCode(204)
  @ApiParam({ name: 'id', type: String, description: 'the id of the campaign', example: 'spring-drop' })
  @ApiParam({ name: 'userId', type: String, description: 'decimal, 1..2^63-1', example: '42' })
  @ApiOperation({ summary: 'Take a person off the list, before the campaign opens' })
  @ApiNoContentResponse({ description: 'not on the list, now or before' })
  @ApiProblems('invalid-token', 'forbidden', 'cross-site', 'unknown-campaign', 'illegal-transition')
  async remove(@Param() { id, userId }: EligiblePath, @Req() { identity }: IdentifiedRequest): Promise<void> {
    const change = await this.list.remove(id, userId, { actor: identity.subject });
    if (change.kind === 'frozen') throw await this.frozen(id);
    this.pages.forget(id);
  }

  @Post('freeze')
  @NeedsScope('grants:campaigns')
  @HttpCode(200)
  @ApiParam({ name: 'id', type: String, description: 'the id of the campaign', example: 'spring-drop' })
  @ApiOperation({
    summary:
      'Make the list final before the campaign opens, so that the public log commits to it. Safe to repeat',
    description: 'The log begins with it: terms, and the Merkle root of the list (docs/transparency.md).',
  })
  @ApiOkResponse({ type: FrozenListView, description: 'the list, which nobody can change any more' })
  @ApiProblems('invalid-token', 'forbidden', 'cross-site', 'unknown-campaign', 'illegal-transition')
  async freeze(
    @Param('id') id: string,
    @Body() { reason }: FreezeListDto,
    @Req() { identity }: IdentifiedRequest,
  ): Promise<FrozenListView> {
    const freezing = await this.list.freeze(id, { actor: identity.subject, reason });
    if (freezing.kind === 'refused') throw await this.frozen(id);
    const { eligibleCount, frozenAt } = freezing;
    return { eligibleCount, frozenAt };
  }

  /** @throws Problem 404 when there is no such campaign */
  private async frozen(id: string): Promise<Problem> {
    const { eligibility, shownState, finishedAt } = await this.campaigns.get(id);
    return new Problem(409, 'illegal-transition', 'The list can not be changed', {
      detail:
        eligibility === 'list'
          ? 'It is final: it was frozen, or the campaign has opened or closed.'
          : 'The campaign has no list: everybody may claim.',
      members: { eligibility, state: shownState, finishedAt },
    });
  }
}
