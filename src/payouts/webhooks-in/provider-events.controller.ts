import {
  Controller,
  Headers,
  HttpCode,
  Post,
  type RawBodyRequest,
  Req,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { ApiBody, ApiHeader, ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { DeadlineInterceptor } from '../../platform/http/deadline.interceptor.js';
import { ApiProblems } from '../../platform/problems/api-problems.js';
import { AddressLimitGuard } from '../../platform/rate-limits/address-limit.guard.js';
import { Tracing } from '../../platform/tracing/tracing.js';
import { EVENT_TYPES, ProviderEvents } from './provider-events.js';

const NOTHING = Buffer.alloc(0);

/** The part of an event that is read; providers may send more. */
const EVENT: Extract<Parameters<typeof ApiBody>[0], { schema: unknown }>['schema'] = {
  type: 'object',
  required: ['type', 'transfer'],
  additionalProperties: true,
  properties: {
    type: { type: 'string', enum: [...EVENT_TYPES] },
    transfer: {
      type: 'object',
      required: ['id', 'idempotencyKey', 'campaignId', 'userId', 'amount', 'currency', 'state'],
      additionalProperties: true,
      properties: {
        id: { type: 'string', example: 'tr_000001' },
        idempotencyKey: { type: 'string', example: 'grant:spring-drop:42' },
        campaignId: { type: 'string', example: 'spring-drop' },
        userId: { type: 'string', example: '42' },
        amount: { type: 'integer', example: 10 },
        currency: { type: 'string', example: 'KRW' },
        state: { type: 'string', enum: ['settled', 'rejected', 'reversed'] },
        reason: { type: 'string', nullable: true },
      },
    },
  },
};

@ApiTags('payout provider')
@Controller('v1/payout-events')
@UseGuards(AddressLimitGuard)
@UseInterceptors(DeadlineInterceptor)
export class ProviderEventsController {
  constructor(
    private readonly events: ProviderEvents,
    private readonly tracing: Tracing,
  ) {}

  @Post()
  @HttpCode(204)
  @ApiOperation({ summary: 'The provider tells what became of a transfer; signed as in Standard Webhooks' })
  @ApiHeader({ name: 'webhook-id', required: true, description: 'names the event: one id is taken once' })
  @ApiHeader({ name: 'webhook-timestamp', required: true, description: 'seconds since 1970' })
  @ApiHeader({ name: 'webhook-signature', required: true, description: 'v1,<base64 of HMAC-SHA256>' })
  @ApiBody({ schema: EVENT })
  @ApiNoContentResponse({ description: 'Taken, even if it was known already or means nothing here.' })
  @ApiProblems('invalid-signature')
  async take(
    @Req() { rawBody = NOTHING, headers }: RawBodyRequest<Request>,
    @Headers('webhook-id') id: string | undefined,
    @Headers('webhook-timestamp') timestamp: string | undefined,
    @Headers('webhook-signature') signature: string | undefined,
  ): Promise<void> {
    const origin = this.tracing.originOf(headers);
    await this.events.take({ id, timestamp, signature }, rawBody, origin);
  }
}
