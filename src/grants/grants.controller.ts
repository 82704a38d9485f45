import { Controller, Delete, Get, Header, HttpCode, Post, Req, Res, UseGuards } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBearerAuth,
  ApiCookieAuth,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { ServerResponse } from 'node:http';
import { Deadline } from '../platform/http/deadline.js';
import { Direct } from '../platform/http/direct-declarations.js';
import { entityTag, hasSeen } from '../platform/http/entity-tag.js';
import { JSON_TYPE, sendJson, sendNotModified } from '../platform/http/send-json.js';
import { sendProblem } from '../platform/http/send-problem.js';
import { currentUserId } from '../platform/identity/current-user-id.js';
import type { IdentifiedRequest } from '../platform/identity/identity.js';
import { ApiProblems } from '../platform/problems/api-problems.js';
import { AddressLimitGuard } from '../platform/rate-limits/address-limit.guard.js';
import { UserLimitGuard } from '../platform/rate-limits/user-limit.guard.js';
import { Tracing } from '../platform/tracing/tracing.js';
import { ClaimantGuard } from '../platform/sessions/claimant.guard.js';
import { Problem } from '../platform/problems/problem.js';
import { prefersReceipt } from '../transparency/receipts/prefers-receipt.js';
import { Receipts } from '../transparency/receipts/receipts.js';
import { isOut } from './claims/claim-record.js';
import type { ClaimOutcome } from './claims/claim-outcome.js';
import { ServiceClock } from './clock/service-clock.js';
import { ClaimService } from './claims/claim.service.js';
import { GrantView, toGrantView } from './grant.dto.js';
import { Leaving } from './claims/leaving.js';
import { noClaim } from './claims/no-claim.js';
import { NoBodyGuard } from './no-body.guard.js';
import { PollPace } from './poll-pace.js';
import { RECEIPT_GIVEN, refusal } from './refusals.js';
import { ClaimRoomGuard, StatusRoomGuard } from './room-guards.js';
import { StatusGathering } from './claims/status-gathering.js';

/** The answer to a claim is no document to keep: it is what has just happened. */
const CURRENT = { ...JSON_TYPE, 'Cache-Control': 'no-store' };

/** Only its user's own program may keep a status, and must ask each time whether it still holds. */
const OWN = { 'Cache-Control': 'private, no-cache' };

const RETRY_AFTER = {
  description:
    'While `final` is false: look again with GET …/grants/me after so many seconds. It grows with the number of people ' +
    'who wait for news, and is drawn, so that they do not all come at once. Not sent once `final` is true.',
  schema: { type: 'integer', minimum: 1 },
} as const;

const ETAG = { description: 'Send it as If-None-Match next time.', schema: { type: 'string' } } as const;

const RECEIPT = { description: '`receipt`, if there is one.', schema: { type: 'string' } } as const;

const LOCATION = {
  description: 'Where the claim can be read from now on.',
  schema: { type: 'string', example: '/v1/campaigns/default/grants/me' },
} as const;

type CampaignRequest = IdentifiedRequest & { readonly params: { readonly id: string } };

/** Lets a user ask for a slot, leave the line, and read the claim. */
@ApiTags('grants')
@ApiCookieAuth('session')
@ApiBearerAuth()
@ApiParam({ name: 'id', type: String, description: 'the id of the campaign', example: 'spring-drop' })
@Controller('v1/campaigns/:id/grants')
export class GrantsController {
  constructor(
    private readonly claims: ClaimService,
    private readonly statuses: StatusGathering,
    private readonly leaving: Leaving,
    private readonly pace: PollPace,
    private readonly receipts: Receipts,
    private readonly clock: ServiceClock,
    private readonly deadline: Deadline,
    private readonly tracing: Tracing,
  ) {}

  @Post()
  @Direct()
  @UseGuards(ClaimRoomGuard, AddressLimitGuard, ClaimantGuard, UserLimitGuard, NoBodyGuard)
  @ApiOperation({
    summary: 'Ask for a slot. Idempotent: asking again returns the same place, in its current state',
  })
  @ApiHeader({
    name: 'Prefer',
    required: false,
    description: '`receipt` asks for a signed receipt of what is answered (docs/transparency.md)',
  })
  @ApiAcceptedResponse({
    type: GrantView,
    description: 'The first time: a slot, or a place in the line. It is durable.',
    headers: { Location: LOCATION, 'Retry-After': RETRY_AFTER, 'Preference-Applied': RECEIPT },
  })
  @ApiOkResponse({
    type: GrantView,
    description: 'Asked before: the claim as it stands now.',
    headers: { 'Retry-After': RETRY_AFTER, 'Preference-Applied': RECEIPT },
  })
  @ApiProblems(
    ...(['invalid-token', 'cross-site', 'issuer-not-admitted', 'not-eligible', 'unknown-campaign'] as const),
    ...(['sold-out', 'not-open', 'paused', 'closed'] as const),
  )
  async claim(@Req() request: CampaignRequest, @Res() response: ServerResponse): Promise<void> {
    const campaignId = request.params.id;
    const origin = this.tracing.originOf(request.headers);
    const outcome = await this.deadline.within(this.claims.claim(campaignId, currentUserId(request), origin));
    const asks = prefersReceipt(request.headers['prefer']);
    if (outcome.kind === 'claimed') {
      const receipt = asks ? await this.promised(outcome, campaignId) : undefined;
      const view = toGrantView(campaignId, outcome.record, outcome.waitingPosition, receipt);
      const headers = { ...CURRENT, ...(receipt === undefined ? {} : RECEIPT_GIVEN), ...this.pollHint(view) };
      if (outcome.fresh)
        sendJson(response, 202, JSON.stringify(view), { ...headers, Location: statusPath(campaignId) });
      else sendJson(response, 200, JSON.stringify(view), headers);
    } else {
      const full = asks && outcome.kind === 'sold-out' ? outcome.full : null;
      const note = full ? await this.receiptOrNone(this.receipts.soldOut(full)) : undefined;
      sendProblem(response, refusal(outcome, this.clock.nowIfKnown(), note));
    }
  }

  private promised(
    { record, gateEpoch }: Extract<ClaimOutcome, { kind: 'claimed' }>,
    campaignId: string,
  ): Promise<string | undefined> {
    const { userId, arrivalNo, createdAt } = record;
    return this.receiptOrNone(this.receipts.promise({ campaignId, userId, arrivalNo, createdAt }, gateEpoch));
  }

  /** The claim is durable, and is answered, whatever becomes of its receipt. */
  private receiptOrNone(receipt: Promise<string | undefined>): Promise<string | undefined> {
    return this.deadline.within(receipt).catch(() => undefined);
  }

  @Delete('me')
  @UseGuards(ClaimRoomGuard, AddressLimitGuard, ClaimantGuard, UserLimitGuard, NoBodyGuard)
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: 'Leave the line for good: asking again gives no other place. A user who has a grant keeps it',
  })
  @ApiOkResponse({ type: GrantView, description: 'LEFT; or ENDED, when the campaign had ended before.' })
  @ApiProblems('invalid-token', 'cross-site', 'issuer-not-admitted', 'no-claim', 'illegal-transition')
  async leave(@Req() request: CampaignRequest): Promise<GrantView> {
    const campaignId = request.params.id;
    const record = await this.deadline.within(this.leaving.leave(campaignId, currentUserId(request)));
    if (!isOut(record.status)) {
      throw new Problem(409, 'illegal-transition', 'Only a user who waits can leave', {
        detail: 'This user has a grant.',
        members: { claimStatus: record.status },
      });
    }
    return toGrantView(campaignId, record, null);
  }

  @Get('me')
  @Direct()
  @UseGuards(StatusRoomGuard, AddressLimitGuard, ClaimantGuard, UserLimitGuard)
  @ApiOperation({ summary: 'The current state of my claim' })
  @ApiHeader({ name: 'If-None-Match', required: false, description: 'the ETag of an earlier answer' })
  @ApiOkResponse({
    type: GrantView,
    description: 'The claim as it stands now.',
    headers: { ETag: ETAG, 'Retry-After': RETRY_AFTER },
  })
  @ApiResponse({
    status: 304,
    description: 'Nothing has changed since the answer with that ETag.',
    headers: { ETag: ETAG, 'Retry-After': RETRY_AFTER },
  })
  @ApiProblems('invalid-token', 'issuer-not-admitted', 'no-claim')
  async read(@Req() request: CampaignRequest, @Res() response: ServerResponse): Promise<void> {
    const campaignId = request.params.id;
    const found = await this.deadline.within(this.statuses.ask(campaignId, currentUserId(request)));
    if (found.kind === 'none') throw noClaim(found);
    const view = toGrantView(campaignId, found.record, found.waitingPosition);
    const json = JSON.stringify(view);
    const tag = entityTag(json);
    const headers = { ...OWN, ETag: tag, ...this.pollHint(view) };
    if (hasSeen(request.headers['if-none-match'], tag)) sendNotModified(response, headers);
    else sendJson(response, 200, json, { ...JSON_TYPE, ...headers });
  }

  private pollHint({ final, status }: GrantView): Readonly<Record<string, string>> {
    return final ? {} : { 'Retry-After': String(this.pace.secondsFor(status)) };
  }
}

/** The id of a campaign that exists is a slug: nothing in it needs an escape. */
function statusPath(campaignId: string): string {
  return `/v1/campaigns/${campaignId}/grants/me`;
}
