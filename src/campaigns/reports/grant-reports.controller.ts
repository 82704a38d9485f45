import { Get, Param, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiProduces } from '@nestjs/swagger';
import type { Response } from 'express';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CampaignReports } from './campaign-reports.js';
import { ClaimTally } from './claim-tally.js';
import { unknownCampaign } from '../../platform/problems/unknown-campaign.js';
import { Streamed } from '../../platform/http/deadline.interceptor.js';
import { NeedsScope } from '../../platform/identity/scopes.js';
import { AdminController } from '../../platform/admin/admin-controller.js';
import { ApiProblems } from '../../platform/problems/api-problems.js';
import { GrantFilterQuery, GrantPage, GrantPageQuery, StatsView } from './grant-reports.dto.js';
import { GrantReports } from './grant-reports.js';
import { grantsAsCsv } from './grants-csv.js';

@AdminController('v1/campaigns/:id')
export class GrantReportsController {
  constructor(
    private readonly campaigns: CampaignReports,
    private readonly tally: ClaimTally,
    private readonly reports: GrantReports,
  ) {}

  @Get('stats')
  @NeedsScope('grants:read')
  @ApiParam({ name: 'id', type: String, description: 'the id of the campaign', example: 'spring-drop' })
  @ApiOperation({
    summary: 'The counts of a campaign in Postgres and at the gate; GET …/payouts says why payouts wait',
  })
  @ApiOkResponse({ type: StatsView })
  @ApiProblems('invalid-token', 'forbidden', 'unknown-campaign')
  async stats(@Param('id') id: string): Promise<StatsView> {
    const campaign = await this.campaigns.get(id);
    const [postgres, gate] = await Promise.all([this.tally.of(id), this.campaigns.counts(campaign)]);
    if (!postgres) throw unknownCampaign();
    const conserved = gate && gate.available + gate.processing + gate.settled === campaign.capacity;
    return { campaignId: id, capacity: campaign.capacity, postgres, gate, conserved };
  }

  @Get('grants')
  @NeedsScope('grants:read')
  @ApiParam({ name: 'id', type: String, description: 'the id of the campaign', example: 'spring-drop' })
  @ApiOperation({ summary: 'Grants in order of arrival, a page at a time' })
  @ApiOkResponse({ type: GrantPage })
  @ApiProblems('invalid-token', 'forbidden', 'unknown-campaign')
  async list(
    @Param('id') id: string,
    @Query() { after, limit, ...filter }: GrantPageQuery,
  ): Promise<GrantPage> {
    await this.campaigns.get(id);
    const { items, next } = await this.reports.page(id, filter, after, limit);
    return {
      items: items.map(({ arrivalNo, ...grant }) => ({ ...grant, arrivalNo: Number(arrivalNo) })),
      next,
    };
  }

  @Get('grants.csv')
  @Streamed(true)
  @NeedsScope('grants:read')
  @ApiParam({ name: 'id', type: String, description: 'the id of the campaign', example: 'spring-drop' })
  @ApiOperation({ summary: 'All grants in order of arrival, as CSV (RFC 4180)' })
  @ApiProduces('text/csv')
  @ApiOkResponse({ description: 'a header line, then one line per grant', content: { 'text/csv': {} } })
  @ApiProblems('invalid-token', 'forbidden', 'unknown-campaign')
  async export(
    @Param('id') id: string,
    @Query() filter: GrantFilterQuery,
    @Res() response: Response,
  ): Promise<void> {
    await this.campaigns.get(id);
    const csv = grantsAsCsv(this.reports, id, filter);
    const first = await csv.next(); // a failure before the first page is answered as a problem
    response
      .type('text/csv')
      .set({ 'Cache-Control': 'no-store', 'Content-Disposition': `attachment; filename="${id}-grants.csv"` });
    try {
      await pipeline(Readable.from(startingWith(first, csv)), response);
    } catch (error) {
      if (!response.closed) throw error; // otherwise the client has gone
    }
  }
}

async function* startingWith(
  first: IteratorResult<string, void>,
  rest: AsyncGenerator<string, void>,
): AsyncGenerator<string> {
  if (first.value !== undefined) yield first.value;
  yield* rest;
}
