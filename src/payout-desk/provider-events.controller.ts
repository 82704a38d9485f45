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
import { DeadlineInterceptor } from '../http/deadline.interceptor.js';
import { ApiProblems } from '../problems/api-problems.js';
import { AddressLimitGuard } from '../rate-limits/address-limit.guard.js';
import { ProviderEvents } from './provider-events.js';

const NOTHING = Buffer.alloc(0);

@ApiTags('payout provider')
@Controller('v1/payout-events')
@UseGuards(AddressLimitGuard)
@UseInterceptors(DeadlineInterceptor)
export class ProviderEventsController {
  constructor(private readonly events: ProviderEvents) {}

  @Post()
  @HttpCode(204)
  @ApiOperation({ summary: 'The provider tells what became of a transfer; signed as in Standard Webhooks' })
  @ApiHeader({ name: 'webhook-id', required: true })
  @ApiHeader({ name: 'webhook-timestamp', required: true, description: 'seconds since 1970' })
  @ApiHeader({ name: 'webhook-signature', required: true, description: 'v1,<base64 of HMAC-SHA256>' })
  @ApiBody({
    schema: {
      type: 'object',
      required: ['type', 'transfer'],
      properties: { type: { type: 'string' }, transfer: { type: 'object' } },
    },
  })
  @ApiNoContentResponse({ description: 'Taken; also when it was known, or meant nothing here.' })
  @ApiProblems(400, 401, 413, 415, 429, 503)
  async take(
    @Req() { rawBody = NOTHING }: RawBodyRequest<Request>,
    @Headers('webhook-id') id: string | undefined,
    @Headers('webhook-timestamp') timestamp: string | undefined,
    @Headers('webhook-signature') signature: string | undefined,
  ): Promise<void> {
    await this.events.take({ id, timestamp, signature }, rawBody);
  }
}
