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
import { toBase64 } from '../transparency/formats/bytes.js';
import { ListOpenings } from '../transparency/inclusion/list-openings.js';
import { ListOpeningView } from './list-opening.dto.js';

type CampaignRequest = IdentifiedRequest & { readonly params: { readonly id: string } };

/** Lets a user find themselves in the list of who may claim, as the public log commits to it. */
@ApiTags('grants')
@ApiCookieAuth('session')
@ApiBearerAuth()
@ApiParam({ name: 'id', type: String, description: 'the id of the campaign', example: 'spring-drop' })
@Controller('v1/campaigns/:id/eligible')
export class ListOpeningController {
  constructor(
    private readonly openings: ListOpenings,
    private readonly deadline: Deadline,
  ) {}

  @Get('me')
  @UseGuards(AddressLimitGuard, ClaimantGuard, UserLimitGuard)
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary:
      'That I am on the list of who may claim, as the public log commits to it: what opens my commitment',
    description:
      '`npm run verify -- PROOF --receipt FILE` checks it by `path`, without the list that GET …/eligible-commitments ' +
      'gives. `not-logged` while the list is not frozen, and of a campaign without one.',
  })
  @ApiOkResponse({ type: ListOpeningView, description: 'the opening, for this user alone' })
  @ApiProblems('invalid-token', 'issuer-not-admitted', 'not-eligible', 'not-logged')
  async read(@Req() request: CampaignRequest): Promise<ListOpeningView> {
    const campaignId = request.params.id;
    const userId = currentUserId(request);
    const opening = await this.deadline.within(this.openings.of(campaignId, userId));
    if (opening.kind === 'not-listed') throw new Problem(403, 'not-eligible');
    if (opening.kind === 'not-logged')
      throw new Problem(404, 'not-logged', 'No list of this campaign is in the log', {
        detail: 'It has none, or it is not frozen yet, or the log has not taken it yet.',
      });
    const { nonce, place } = opening;
    return {
      ...{ format: 'seonchak-listed/v1', campaignId, userId, nonce: toBase64(nonce) },
      ...(place && { index: place.index, size: place.size, path: place.path.map(toBase64) }),
    };
  }
}
