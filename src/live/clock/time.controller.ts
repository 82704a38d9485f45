import { Controller, Get, Req, Res, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import type { ServerResponse } from 'node:http';
import { Direct } from '../../platform/http/direct-declarations.js';
import { JSON_TYPE, sendJson } from '../../platform/http/send-json.js';
import { ApiProblems } from '../../platform/problems/api-problems.js';
import { AddressLimitGuard } from '../../platform/rate-limits/address-limit.guard.js';
import { ServiceClock } from '../../grants/clock/service-clock.js';
import { TimeView } from './time.dto.js';

/** A time that was kept is wrong by its age. */
const CURRENT = { ...JSON_TYPE, 'Cache-Control': 'no-store' };

/**
 * Tells the time, for countdowns. From memory: an answer costs what a refusal would, so nothing is gained by shedding
 * it, and it waits for nothing.
 */
@ApiTags('campaigns')
@Controller('v1/time')
@UseGuards(AddressLimitGuard)
export class TimeController {
  constructor(private readonly clock: ServiceClock) {}

  @Get()
  @Direct()
  @ApiOperation({
    summary: 'The time by the clock by which campaigns open and close, in ms',
    description:
      'For a countdown: ask a few times, take the answer that came fastest, and assume that it was made half-way ' +
      'between request and answer. The difference from your own clock then is wrong by half of that time at most.',
  })
  @ApiOkResponse({ type: TimeView, description: 'the time' })
  @ApiProblems()
  async read(@Req() _: Request, @Res() response: ServerResponse): Promise<void> {
    const unixMs = this.clock.now();
    const time: TimeView = { now: new Date(unixMs).toISOString(), unixMs };
    sendJson(response, 200, JSON.stringify(time), CURRENT);
  }
}
