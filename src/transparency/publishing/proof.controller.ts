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
import { PublishedLog } from './published-log.js';

/** Files that one instance writes at a time: a large one reads for minutes, and other readers share the pool. */
const AT_ONCE = 2;
/**
 * The longest time that one file may take. A million leaves are about 150 MB, and come in it at 2 Mbit/s. Anybody may
 * ask, so without an end two readers that are slow on purpose would keep everybody else out; whoever cannot be faster
 * reads the copy of the log, piece by piece.
 */
const MOST_MS = 600_000;
const LATER = { from: 5, to: 15 };

@ApiTags('transparency')
@Controller('v1/campaigns')
@UseGuards(AddressLimitGuard)
export class ProofController {
  private writing = 0;

  constructor(
    private readonly published: PublishedLog,
    private readonly proof: CampaignProof,
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
  async read(@Param('id') id: string, @Res() response: Response): Promise<void> {
    if (this.writing >= AT_ONCE)
      throw unavailable(
        'Other proofs are being written. The copy of the log holds the same.',
        undefined,
        LATER,
      );
    this.writing += 1;
    try {
      await this.write(id, response);
    } finally {
      this.writing -= 1;
    }
  }

  private async write(id: string, response: Response): Promise<void> {
    const published = await this.published.checkpoint();
    const range = published && (await this.proof.range(id, published));
    if (!published || !range) throw notInTheLog();
    response.set({
      'Content-Type': 'text/plain; charset=utf-8',
      'Cache-Control': 'public, max-age=1',
      'Content-Disposition': `attachment; filename="${id}-proof.txt"`,
    });
    const end = AbortSignal.timeout(MOST_MS);
    try {
      await pipeline(Readable.from(this.proof.text(id, range, published)), response, { signal: end });
    } catch (error) {
      if (!response.closed && !end.aborted) throw error; // otherwise the client has gone, or was cut off
    }
  }
}

function notInTheLog(): Problem {
  const detail = 'The log holds nothing of a campaign with the id in the path, or has not published it yet.';
  return new Problem(404, 'unknown-campaign', 'Nothing of such a campaign is published', { detail });
}
