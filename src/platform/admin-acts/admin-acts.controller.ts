import { Controller, Get, Header, Query, UseGuards, UseInterceptors } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DeadlineInterceptor } from '../http/deadline.interceptor.js';
import { BearerGuard } from '../identity/bearer.guard.js';
import { ScopeGuard } from '../identity/scope.guard.js';
import { NeedsScope } from '../identity/scopes.js';
import { ApiProblems } from '../problems/api-problems.js';
import { AddressLimitGuard } from '../rate-limits/address-limit.guard.js';
import { AdminActPage, AdminActsQuery } from './admin-acts.dto.js';
import { AdminActs } from './admin-acts.js';

const NEWEST = '9223372036854775807';

@ApiTags('admin')
@ApiBearerAuth()
@Controller('v1/admin-acts')
@UseGuards(AddressLimitGuard, BearerGuard, ScopeGuard)
@UseInterceptors(DeadlineInterceptor)
export class AdminActsController {
  constructor(private readonly acts: AdminActs) {}

  @Get()
  @NeedsScope('grants:read')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'What operators did, the newest first, a page at a time' })
  @ApiOkResponse({ type: AdminActPage })
  @ApiProblems(400, 401, 403, 429, 503)
  async list(@Query() { campaignId, before, limit }: AdminActsQuery): Promise<AdminActPage> {
    const items = await this.acts.page(campaignId, before ?? NEWEST, limit);
    return { items, next: items.length === limit ? (items.at(-1)?.id ?? null) : null };
  }
}
