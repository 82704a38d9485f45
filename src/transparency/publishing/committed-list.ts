import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { READS } from '../../platform/postgres/reads.js';
import { rows } from '../../platform/postgres/rows.js';
import { toBase64 } from '../formats/bytes.js';
import { ELIGIBLE_FORMAT } from '../formats/eligible-list.js';
import { parseLeaf } from '../formats/leaf.js';
import { EMPTY_ROOT } from '../formats/merkle-tree.js';
import type { Published } from './published-log.js';

const HASH_BYTES = 32;
/** Of 1,024 commitments each, read at once. */
const PARTS = 4;

/** Writes the list of who may claim in a campaign, as the log commits to it (docs/transparency.md). */
@Injectable()
export class CommittedList {
  constructor(@InjectDataSource(READS) private readonly source: DataSource) {}

  /** Whether published terms commit to the list of this campaign, and it is still here: it goes with its campaign. */
  async isThere(campaignId: string, { size }: Published): Promise<boolean> {
    const [found] = await rows<{ line: string; hasParts: boolean }>(
      this.source,
      `SELECT leaf AS line, EXISTS (SELECT FROM eligible_commitments WHERE campaign_id = $1) AS "hasParts"
         FROM log_campaigns JOIN log_leaves ON log_index = first_index
        WHERE log_campaigns.campaign_id = $1 AND first_index < $2`,
      [campaignId, size],
    );
    const terms = found && parseLeaf(found.line);
    const root = terms?.kind === 'terms' ? terms.eligibleRoot : null;
    return root !== null && (found?.hasParts === true || root === toBase64(EMPTY_ROOT));
  }

  /** The lines of the file, several at a time. */
  async *text(campaignId: string): AsyncGenerator<string> {
    yield `${ELIGIBLE_FORMAT}\n${campaignId}\n`;
    for (let next = 0; ; next += PARTS) {
      const parts = await rows<{ commitments: Buffer }>(
        this.source,
        `SELECT commitments FROM eligible_commitments
          WHERE campaign_id = $1 AND part >= $2 AND part < $3 ORDER BY part`,
        [campaignId, next, next + PARTS],
      );
      for (const { commitments } of parts) yield linesOf(commitments);
      if (parts.length < PARTS) return;
    }
  }
}

function linesOf(commitments: Buffer): string {
  const lines: string[] = [];
  for (let at = 0; at < commitments.length; at += HASH_BYTES)
    lines.push(`${commitments.toString('base64', at, at + HASH_BYTES)}\n`);
  return lines.join('');
}
