import { Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam } from '@nestjs/swagger';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { CampaignReports } from '../../campaigns/reports/campaign-reports.js';
import { AdminController } from '../../platform/admin/admin-controller.js';
import { NeedsScope } from '../../platform/identity/scopes.js';
import { READS } from '../../platform/postgres/reads.js';
import { ApiProblems } from '../../platform/problems/api-problems.js';
import { readDifferences, readReport } from './kept-report.js';
import { ReconciliationPage, ReconciliationQuery } from './reconciliation.dto.js';

const NEVER_COMPARED = { comparedAt: null, applied: 0, remaining: 0, undecided: 0 } as const;

@AdminController('v1/campaigns/:id/reconciliation')
export class ReconciliationController {
  constructor(
    private readonly campaigns: CampaignReports,
    @InjectDataSource(READS) private readonly source: DataSource,
  ) {}

  @Get()
  @NeedsScope('grants:read')
  @ApiParam({ name: 'id', type: String, description: 'the id of the campaign', example: 'spring-drop' })
  @ApiOperation({
    summary: "What the last comparison with the provider's statement found, a page of differences at a time",
  })
  @ApiOkResponse({ type: ReconciliationPage, description: 'a page of what the last comparison found' })
  @ApiProblems('invalid-token', 'forbidden', 'unknown-campaign')
  async read(
    @Param('id') id: string,
    @Query() { after = '', limit }: ReconciliationQuery,
  ): Promise<ReconciliationPage> {
    await this.campaigns.get(id);
    const report = (await readReport(this.source, id)) ?? NEVER_COMPARED;
    const items = await readDifferences(this.source, id, after, limit);
    const next = items.length === limit ? (items.at(-1)?.idempotencyKey ?? null) : null;
    return { ...report, items, next };
  }
}
