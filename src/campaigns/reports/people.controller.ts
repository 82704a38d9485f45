import { Get, Param, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiProduces } from '@nestjs/swagger';
import type { Response } from 'express';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CampaignReports } from './campaign-reports.js';
import { Streamed } from '../../platform/http/deadline.interceptor.js';
import { NeedsScope } from '../../platform/identity/scopes.js';
import { AdminController } from '../../platform/admin/admin-controller.js';
import { ApiProblems } from '../../platform/problems/api-problems.js';
import { PeopleFilterQuery, PeoplePageQuery, PeoplePageView } from './people.dto.js';
import { PeopleReport } from './people-report.js';
import { peopleAsCsv, PEOPLE_CSV } from './people-csv.js';

@AdminController('v1/campaigns/:id')
export class PeopleController {
  constructor(
    private readonly campaigns: CampaignReports,
    private readonly report: PeopleReport,
  ) {}

  @Get('grants')
  @NeedsScope('grants:read')
  @ApiParam({ name: 'id', type: String, description: 'the id of the campaign', example: 'spring-drop' })
  @ApiOperation({
    summary: 'Everybody who has claimed, in order of arrival, and what became of each; a page at a time',
  })
  @ApiOkResponse({
    type: PeoplePageView,
    description: 'a page of people; none of them once the campaign is archived',
  })
  @ApiProblems('invalid-token', 'forbidden', 'unknown-campaign')
  async list(
    @Param('id') id: string,
    @Query() { after, limit, ...filter }: PeoplePageQuery,
  ): Promise<PeoplePageView> {
    await this.campaigns.get(id);
    const { items, next } = await this.report.page(id, filter, after, limit);
    return { items: [...items], next };
  }

  @Get('grants.csv')
  @Streamed(true)
  @NeedsScope('grants:read')
  @ApiParam({ name: 'id', type: String, description: 'the id of the campaign', example: 'spring-drop' })
  @ApiOperation({ summary: 'The same as CSV (RFC 4180), all in one answer' })
  @ApiProduces('text/csv')
  @ApiOkResponse({
    description: 'a header line, then one line per person; what does not exist is empty',
    content: { 'text/csv': { schema: PEOPLE_CSV } },
  })
  @ApiProblems('invalid-token', 'forbidden', 'unknown-campaign')
  async export(
    @Param('id') id: string,
    @Query() filter: PeopleFilterQuery,
    @Res() response: Response,
  ): Promise<void> {
    await this.campaigns.get(id);
    const csv = peopleAsCsv(this.report, id, filter);
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
