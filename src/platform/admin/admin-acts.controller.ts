import { Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { NeedsScope } from '../identity/scopes.js';
import { AdminController } from './admin-controller.js';
import { ApiProblems } from '../problems/api-problems.js';
import { AdminActPage, AdminActsQuery } from './admin-acts.dto.js';
import { AdminActs } from './admin-acts.js';

const NEWEST = '9223372036854775807';

@AdminController('v1/admin-acts')
export class AdminActsController {
  constructor(private readonly acts: AdminActs) {}

  @Get()
  @NeedsScope('grants:read')
  @ApiOperation({ summary: 'List what operators did, newest first, in pages' })
  @ApiOkResponse({ type: AdminActPage, description: 'a page of the trail' })
  @ApiProblems('invalid-token', 'forbidden')
  async list(@Query() { campaignId, before, limit }: AdminActsQuery): Promise<AdminActPage> {
    const items = await this.acts.page(campaignId, before ?? NEWEST, limit);
    return { items, next: items.length === limit ? (items.at(-1)?.id ?? null) : null };
  }
}
