import { Body, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam } from '@nestjs/swagger';
import { CampaignReports } from '../../campaigns/reports/campaign-reports.js';
import { GateUpdate } from '../../grants/claims/gate-update.js';
import type { IdentifiedRequest } from '../../platform/identity/identity.js';
import { NeedsScope } from '../../platform/identity/scopes.js';
import { Revocations } from './revocations.js';
import { AdminController } from '../../platform/admin/admin-controller.js';
import { ApiProblems } from '../../platform/problems/api-problems.js';
import { archived, LOOK_INTO_ARCHIVE } from '../../platform/problems/archived.js';
import { Problem } from '../../platform/problems/problem.js';
import { PayoutDecisions } from './payout-decisions.js';
import { PayoutDetailView, PayoutPath, RevokeGrantDto } from './payouts-admin.dto.js';

/** Lets operators revoke grants for which nothing was sent yet (R25). */
@AdminController('v1/campaigns/:id/grants/:userId/revocation')
export class RevocationsController {
  constructor(
    private readonly revocations: Revocations,
    private readonly gateUpdate: GateUpdate,
    private readonly decisions: PayoutDecisions,
    private readonly campaigns: CampaignReports,
  ) {}

  @Post()
  @NeedsScope('grants:campaigns')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Revoke a grant for which nothing was sent yet; its slot goes to the next person in line',
  })
  @ApiParam({ name: 'id', type: String, description: 'the id of the campaign', example: 'spring-drop' })
  @ApiParam({ name: 'userId', type: String, description: 'decimal, 1..2^63-1', example: '42' })
  @ApiOkResponse({ type: PayoutDetailView, description: 'REVOKED, now or before' })
  @ApiProblems('invalid-token', 'forbidden', 'cross-site', 'no-claim', 'illegal-transition')
  async revoke(
    @Param() { id, userId }: PayoutPath,
    @Body() { reason }: RevokeGrantDto,
    @Req() { identity }: IdentifiedRequest,
  ): Promise<PayoutDetailView> {
    const revoked = await this.revocations.revoke({
      campaignId: id,
      userId,
      reason,
      operator: identity.subject,
    });
    switch (revoked.kind) {
      case 'no-grant': {
        const archivedAt = await this.campaigns.archivedSince(id);
        if (archivedAt) throw archived('no-claim', archivedAt, LOOK_INTO_ARCHIVE);
        throw new Problem(404, 'no-claim', 'This user has no grant in this campaign');
      }
      case 'refused':
        throw new Problem(409, 'illegal-transition', 'The grant can not be revoked', {
          detail: 'Only a grant for which nothing was ever sent can be revoked.',
          members: { claimStatus: revoked.status, payout: revoked.payout },
        });
      case 'revoked':
        await this.gateUpdate.conclude(id, [revoked.grant]).catch(() => undefined); // or the reaper tells the gate
        return this.decisions.readChanged(id, userId);
    }
  }
}
