import { Get, Param, Req, Res } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiParam, ApiProduces } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { AdminController } from '../../platform/admin/admin-controller.js';
import { Streamed } from '../../platform/http/deadline.interceptor.js';
import { NeedsScope } from '../../platform/identity/scopes.js';
import { ApiProblems } from '../../platform/problems/api-problems.js';
import { Broadcasts } from './broadcasts.js';
import { LiveFiguresView } from './figures.dto.js';
import { LiveFigures } from './live-figures.js';
import { FIGURES_STREAM } from './stream-format.js';

const STREAM =
  'Server-sent events: `figures` once a second, whose data is the document of GET …/figures as one line of JSON, and a ' +
  'comment every 5 s. While nothing can be read, no event comes; `readAt` and `asOf` say how old the parts are. The ' +
  'stream ends after 10 minutes, when the instance shuts down, and for a reader who is too slow: connect again.';

@AdminController('v1/campaigns/:id')
export class FiguresController {
  constructor(
    private readonly figures: LiveFigures,
    private readonly broadcasts: Broadcasts,
  ) {}

  @Get('figures')
  @NeedsScope('grants:read')
  @ApiParam({ name: 'id', type: String, description: 'the id of the campaign', example: 'spring-drop' })
  @ApiOperation({ summary: 'A campaign at this moment: where its slots are, and what happens a second' })
  @ApiOkResponse({ type: LiveFiguresView, description: 'the campaign at this moment' })
  @ApiProblems('invalid-token', 'forbidden', 'unknown-campaign')
  read(@Param('id') id: string): Promise<LiveFiguresView> {
    return this.figures.of(id);
  }

  @Get('live')
  @Streamed(true)
  @NeedsScope('grants:read')
  @ApiParam({ name: 'id', type: String, description: 'the id of the campaign', example: 'spring-drop' })
  @ApiOperation({ summary: 'The same once a second, as a stream', description: STREAM })
  @ApiExtraModels(LiveFiguresView)
  @ApiProduces('text/event-stream')
  @ApiOkResponse({
    description: 'a stream that does not end by itself',
    content: { 'text/event-stream': { schema: FIGURES_STREAM } },
  })
  @ApiProblems('invalid-token', 'forbidden', 'unknown-campaign')
  async stream(
    @Param('id') id: string,
    @Req() { method }: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.broadcasts.listen(id, response);
    if (method === 'HEAD') response.end();
  }
}
