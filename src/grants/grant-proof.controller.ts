import { Controller, Get, Header, Req, UseGuards } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCookieAuth,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { Deadline } from '../platform/http/deadline.js';
import { currentUserId } from '../platform/identity/current-user-id.js';
import type { IdentifiedRequest } from '../platform/identity/identity.js';
import { ApiProblems } from '../platform/problems/api-problems.js';
import { Problem } from '../platform/problems/problem.js';
import { AddressLimitGuard } from '../platform/rate-limits/address-limit.guard.js';
import { UserLimitGuard } from '../platform/rate-limits/user-limit.guard.js';
import { ClaimantGuard } from '../platform/sessions/claimant.guard.js';
import type { NotLogged } from '../transparency/inclusion/own-leaves.js';
import { noClaim } from './claims/no-claim.js';
import { ProofGathering } from './claims/proof-gathering.js';
import { GrantProofView } from './grant-proof.dto.js';
import { ProofRoomGuard, StatusRoomGuard } from './room-guards.js';

type CampaignRequest = IdentifiedRequest & { readonly params: { readonly id: string } };

/** A checkpoint is published every second or so; a crowd that asks again must not come at once. */
const ONCE_LOGGED = { from: 3, to: 12 };

/** Proves to a user that the public log holds the claim. */
@ApiTags('grants')
@ApiCookieAuth('session')
@ApiBearerAuth()
@ApiParam({ name: 'id', type: String, description: 'the id of the campaign', example: 'spring-drop' })
@Controller('v1/campaigns/:id/grants')
export class GrantProofController {
  constructor(
    private readonly proofs: ProofGathering,
    private readonly deadline: Deadline,
  ) {}

  @Get('me/proof')
  @UseGuards(StatusRoomGuard, ProofRoomGuard, AddressLimitGuard, ClaimantGuard, UserLimitGuard)
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: 'That the public log holds my claim, and what became of it: a receipt that anybody can check',
    description:
      'The format is docs/transparency.md, "Inclusion, later"; `npm run verify -- FILE --receipt` and the page /verify ' +
      'check it. The problem `not-logged` has a Retry-After if the log will hold the claim, and none if it never will.',
  })
  @ApiOkResponse({ type: GrantProofView, description: 'the proof, for this claim alone' })
  @ApiProblems('invalid-token', 'issuer-not-admitted', 'no-claim', 'not-logged')
  async read(@Req() request: CampaignRequest): Promise<GrantProofView> {
    const campaignId = request.params.id;
    const userId = currentUserId(request);
    const claim = await this.deadline.within(this.proofs.ask(campaignId, userId));
    if (claim.kind === 'none') throw noClaim(claim);
    const { arrivalNo, inclusion } = claim;
    if (inclusion.kind !== 'logged') throw notLogged(inclusion);
    const { nonce, logKey, proofs } = inclusion;
    return { format: 'seonchak-receipt/v1', campaignId, userId, nonce, arrivalNo, logKey, proofs };
  }
}

function notLogged({ kind }: NotLogged): Problem {
  if (kind === 'not-yet')
    return new Problem(404, 'not-logged', undefined, {
      detail:
        'The claim is durable, and the log has not published it yet. Ask again after Retry-After seconds.',
      retryAfter: ONCE_LOGGED,
    });
  return new Problem(404, 'not-logged');
}
