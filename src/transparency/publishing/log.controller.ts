import { Controller, Get, Param, Req, Res, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Deadline } from '../../platform/http/deadline.js';
import { entityTag, hasSeen } from '../../platform/http/entity-tag.js';
import { ApiProblems } from '../../platform/problems/api-problems.js';
import { Problem } from '../../platform/problems/problem.js';
import { AddressLimitGuard } from '../../platform/rate-limits/address-limit.guard.js';
import { MalformedFormat } from '../formats/malformed-format.js';
import { parseTilePath, type TileId } from '../formats/tile-path.js';
import { LogKeys } from '../log/log-keys.js';
import { PublishedLog } from './published-log.js';

const TEXT = 'text/plain; charset=utf-8';
const BYTES = 'application/octet-stream';
/** To a request with the ETag of an earlier answer as If-None-Match. */
const UNCHANGED = { status: 304, description: 'Nothing has changed since the answer with that ETag.' };

const FOR_A_SECOND = 'public, max-age=1';
const FOR_AN_HOUR = 'public, max-age=3600';
const FOR_EVER = 'public, max-age=31536000, immutable';

/** The log of a fair order, for anybody (docs/transparency.md). */
@ApiTags('transparency')
@Controller('v1/transparency')
@UseGuards(AddressLimitGuard)
export class LogController {
  constructor(
    private readonly published: PublishedLog,
    private readonly keys: LogKeys,
    private readonly deadline: Deadline,
  ) {}

  @Get('checkpoint')
  @ApiOperation({
    summary: 'The last checkpoint of the log: its size and root, signed (C2SP tlog-checkpoint)',
  })
  @ApiProduces('text/plain')
  @ApiOkResponse({ description: 'a signed note', content: { 'text/plain': { schema: { type: 'string' } } } })
  @ApiResponse(UNCHANGED)
  @ApiProblems('not-found')
  async checkpoint(@Req() request: Request, @Res() response: Response): Promise<void> {
    const checkpoint = await this.deadline.within(this.published.checkpoint());
    send(request, response, checkpoint?.note ?? null, FOR_A_SECOND);
  }

  @Get('key')
  @ApiOperation({ summary: 'The key that verifies checkpoints, in the text form of C2SP signed-note' })
  @ApiProduces('text/plain')
  @ApiOkResponse({ description: 'a line', content: { 'text/plain': { schema: { type: 'string' } } } })
  @ApiResponse(UNCHANGED)
  @ApiProblems('not-found')
  key(@Req() request: Request, @Res() response: Response): void {
    const key = this.keys.published;
    send(request, response, key === null ? null : `${key}\n`, FOR_AN_HOUR);
  }

  @Get('policy')
  @ApiOperation({ summary: 'Which witnesses watch the log, and how many of them count (C2SP tlog-policy)' })
  @ApiProduces('text/plain')
  @ApiOkResponse({ description: 'lines', content: { 'text/plain': { schema: { type: 'string' } } } })
  @ApiResponse(UNCHANGED)
  @ApiProblems('not-found')
  policy(@Req() request: Request, @Res() response: Response): void {
    send(request, response, this.keys.policy, FOR_AN_HOUR);
  }

  @Get('tile/*path')
  @ApiOperation({
    summary: 'A tile of hashes, or a bundle of leaves (C2SP tlog-tiles); they never change',
    description:
      'The path is `<L>/<N>` or `<L>/<N>.p/<W>`, with `entries` as L for leaves. Any width that the last checkpoint ' +
      'covers is there.',
  })
  @ApiParam({ name: 'path', type: String, description: 'level and number', example: '0/000.p/1' })
  @ApiProduces(BYTES)
  @ApiOkResponse({
    description: 'bytes',
    content: { [BYTES]: { schema: { type: 'string', format: 'binary' } } },
  })
  @ApiProblems('not-found')
  async tile(@Param('path') path: string | string[], @Res() response: Response): Promise<void> {
    const id = tileOf(Array.isArray(path) ? path.join('/') : path);
    const bytes = id && (await this.deadline.within(this.published.tile(id)));
    if (!bytes) throw notPublished();
    response.set({ 'Content-Type': BYTES, 'Cache-Control': FOR_EVER }).end(bytes);
  }
}

function send(request: Request, response: Response, text: string | null, cacheControl: string): void {
  if (text === null) throw notPublished();
  const tag = entityTag(text);
  response.set({ 'Content-Type': TEXT, 'Cache-Control': cacheControl, ETag: tag });
  if (hasSeen(request.headers['if-none-match'], tag)) response.status(304).end();
  else response.end(text);
}

function tileOf(path: string): TileId | null {
  try {
    return parseTilePath(`tile/${path}`);
  } catch (error) {
    if (error instanceof MalformedFormat) return null;
    throw error;
  }
}

function notPublished(): Problem {
  const detail =
    'The log has published nothing of that name: it is off, younger than that, or the path is wrong.';
  return new Problem(404, 'not-found', 'Not found', { detail });
}
