import { Controller, Get, Param, Res, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Streamed } from '../../platform/http/deadline.interceptor.js';
import { ApiProblems } from '../../platform/problems/api-problems.js';
import { Problem, unavailable } from '../../platform/problems/problem.js';
import { AddressLimitGuard } from '../../platform/rate-limits/address-limit.guard.js';
import { CampaignProof } from './campaign-proof.js';
import { CommittedList } from './committed-list.js';
import { PublishedLog } from './published-log.js';

/** Files that one instance writes at a time: a large one reads for minutes, and other readers share the pool. */
const AT_ONCE = 2;
/**
 * The longest time that one file may take. A million leaves are about 150 MB, and come in it at 2 Mbit/s. Anybody may
 * ask, so without an end two readers that are slow on purpose would keep everybody else out; whoever cannot be faster
 * reads the copy of the log, piece by piece.
 */
const MOST_MS = 600_000;
/** A list is final, and goes with its campaign. */
const LIST_SECONDS = 3_600;
const LATER = { from: 5, to: 15 };

@ApiTags('transparency')
@Controller('v1/campaigns')
@UseGuards(AddressLimitGuard)
export class ProofController {
  private writing = 0;

  constructor(
    private readonly published: PublishedLog,
    private readonly proof: CampaignProof,
    private readonly list: CommittedList,
  ) {}

  @Get(':id/proof')
  @Streamed(true)
  @ApiParam({ name: 'id', type: String, description: 'the id of the campaign', example: 'spring-drop' })
  @ApiOperation({
    summary: 'Everything that an offline check of a campaign needs, as one file',
    description: 'The format is docs/transparency.md, "The proof of a campaign"; `npm run verify` checks it.',
  })
  @ApiProduces('text/plain')
  @ApiOkResponse({ description: 'the file', content: { 'text/plain': { schema: { type: 'string' } } } })
  @ApiProblems('unknown-campaign')
  read(@Param('id') id: string, @Res() response: Response): Promise<void> {
    return this.oneOfFew(async () => {
      const published = await this.published.checkpoint();
      const range = published && (await this.proof.range(id, published));
      if (!published || !range) throw notInTheLog();
      const lines = this.proof.text(id, range, published);
      await write(response, { name: `${id}-proof.txt`, cacheSeconds: 1, lines });
    });
  }

  @Get(':id/eligible-commitments')
  @Streamed(true)
  @ApiParam({ name: 'id', type: String, description: 'the id of the campaign', example: 'spring-drop' })
  @ApiOperation({
    summary: 'Who may claim, by commitments: the list that the terms in the log commit to',
    description:
      'The format is docs/transparency.md, "The list of who may claim"; `npm run verify -- PROOF --eligible LIST` checks it.',
  })
  @ApiProduces('text/plain')
  @ApiOkResponse({ description: 'the list', content: { 'text/plain': { schema: { type: 'string' } } } })
  @ApiProblems('unknown-campaign')
  readList(@Param('id') id: string, @Res() response: Response): Promise<void> {
    return this.oneOfFew(async () => {
      const published = await this.published.checkpoint();
      if (!published || !(await this.list.isThere(id, published))) throw notInTheLog();
      const lines = this.list.text(id);
      await write(response, { name: `${id}-eligible.txt`, cacheSeconds: LIST_SECONDS, lines });
    });
  }

  private async oneOfFew(work: () => Promise<void>): Promise<void> {
    if (this.writing >= AT_ONCE)
      throw unavailable(
        'Other files are being written. The copy of the log holds what a proof does.',
        undefined,
        LATER,
      );
    this.writing += 1;
    try {
      await work();
    } finally {
      this.writing -= 1;
    }
  }
}

/** A text that is sent as a file. */
interface SentFile {
  readonly name: string;
  readonly cacheSeconds: number;
  readonly lines: AsyncIterable<string>;
}

async function write(response: Response, { name, cacheSeconds, lines }: SentFile): Promise<void> {
  response.set({
    'Content-Type': 'text/plain; charset=utf-8',
    'Cache-Control': `public, max-age=${cacheSeconds}`,
    'Content-Disposition': `attachment; filename="${name}"`,
  });
  const end = AbortSignal.timeout(MOST_MS);
  try {
    await pipeline(Readable.from(lines), response, { signal: end });
  } catch (error) {
    if (!response.closed && !end.aborted) throw error; // otherwise the client has gone, or was cut off
  }
}

function notInTheLog(): Problem {
  const detail = 'The log holds nothing of a campaign with the id in the path, or has not published it yet.';
  return new Problem(404, 'unknown-campaign', 'Nothing of such a campaign is published', { detail });
}
