import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { READS } from '../../platform/postgres/reads.js';
import { rows } from '../../platform/postgres/rows.js';
import { toBase64 } from '../formats/bytes.js';
import { subtreesOf } from '../formats/merkle-tree.js';
import { readHashesFromTiles } from '../formats/tile-hash-reader.js';
import { LogKeys } from '../log/log-keys.js';
import { tilesIn } from '../log/log-tiles.js';
import { leavesBetween } from '../log/stored-leaves.js';
import type { Published } from './published-log.js';

const FORMAT = 'seonchak-proof/v1';
/** Earlier checkpoints in one file. */
const MOST_CHECKPOINTS = 32;
/** Checkpoints in one file that are given for their time stamps. */
const MOST_STAMPED = 8;

/** Leaves that are given in full: from `from` to before `to`. */
interface Range {
  readonly from: number;
  readonly to: number;
}

interface Checkpointed {
  readonly size: number;
  readonly note: string;
}

interface StampedCheckpoint extends Checkpointed {
  /** One of each authority, in base64. */
  readonly tokens: readonly string[];
}

/** Writes the file that proves the order of one campaign (docs/transparency.md). */
@Injectable()
export class CampaignProof {
  constructor(
    @InjectDataSource(READS) private readonly source: DataSource,
    private readonly keys: LogKeys,
  ) {}

  /** Where the leaves of a campaign lie in the published log; null when it has none. */
  async range(campaignId: string, { size }: Published): Promise<Range | null> {
    const [found] = await rows<{ first: number; last: number | null }>(
      this.source,
      `SELECT first_index::float8 AS first, last_index::float8 AS last FROM log_campaigns WHERE campaign_id = $1`,
      [campaignId],
    );
    if (!found || found.first >= size) return null;
    return { from: found.first, to: Math.min(size, (found.last ?? size) + 1) };
  }

  /**
   * The lines of the file, several at a time. The log only grows, so they fit together however long it takes.
   * @param range of the campaign
   */
  async *text(campaignId: string, range: Range, published: Published): AsyncGenerator<string> {
    const { published: logKey, policy, verifier } = this.keys;
    const stamped = await this.stampedCheckpoints(range, published);
    const earlier = merged(await this.earlierCheckpoints(range, published), stamped, published);
    const stamps = stamped.flatMap(({ size, tokens }) => tokens.map((token) => ({ size, token })));
    const checkpoints = [...earlier, published.note];
    const about = { origin: verifier?.name, campaign: campaignId, logKey, policy, checkpoints, stamps };
    yield `${FORMAT}\n${JSON.stringify(about)}\n`;
    let next = 0;
    const given = await this.givenRanges(campaignId, range, published);
    const sizes = stamped.map(({ size }) => size).filter((size) => size > range.to);
    for (const { from, to } of [...given, ...sizes.map((size) => ({ from: size, to: size }))].sort(inOrder)) {
      yield await this.hashes(next, from, published);
      for await (const page of leavesBetween(this.source, from, to))
        yield page.map(({ line }) => `l ${line}\n`).join('');
      next = to;
    }
    yield await this.hashes(next, published.size, published);
  }

  private async hashes(from: number, to: number, { size }: Published): Promise<string> {
    const subtrees = subtreesOf(from, to);
    if (subtrees.length === 0) return '';
    const hashes = await readHashesFromTiles(tilesIn(this.source), size)(subtrees);
    return subtrees
      .map(({ level }, place) => `n ${level} ${toBase64(hashes[place] ?? new Uint8Array())}\n`)
      .join('');
  }

  /** The campaign's range, and leaves outside of it that are about it or about the whole log; in order. */
  private async givenRanges(
    campaignId: string,
    range: Range,
    { size }: Published,
  ): Promise<readonly Range[]> {
    const outside = await rows<{ index: number }>(
      this.source,
      `SELECT log_index::float8 AS index FROM log_leaves WHERE campaign_id IS NULL AND log_index < $2
       UNION ALL
       SELECT log_index::float8 FROM log_leaves
        WHERE campaign_id = $1 AND leaf LIKE 'v1 reversed %' AND log_index >= $3 AND log_index < $2`,
      [campaignId, size, range.to],
    );
    return [
      range,
      ...outside
        .filter(({ index }) => index < range.from || index >= range.to)
        .map(({ index }) => ({ from: index, to: index + 1 })),
    ];
  }

  /**
   * Cosigned ones within the range, spread evenly over its leaves, the earliest and the latest among them. However many
   * there are, as many entries of the index are read as are given.
   */
  private async earlierCheckpoints(
    { from, to }: Range,
    { size: last }: Published,
  ): Promise<readonly Checkpointed[]> {
    const found = await rows<{ size: string; note: string }>(this.source, SPREAD, [
      ...[from + 1, Math.min(to, last - 1), MOST_CHECKPOINTS - 1],
    ]);
    return found.map(({ size, note }) => ({ size: Number(size), note }));
  }

  /** Those with time stamps: within the range, spread as evenly, and the first one that has all of the range. */
  private stampedCheckpoints(
    { from, to }: Range,
    { size }: Published,
  ): Promise<readonly StampedCheckpoint[]> {
    return rows(this.source, STAMPED, [from + 1, to, size, MOST_STAMPED - 1]);
  }
}

/** By their sizes, each once; that of the file is not among them. */
function merged(
  cosigned: readonly Checkpointed[],
  stamped: readonly Checkpointed[],
  { size: last }: Published,
): readonly string[] {
  const bySize = new Map([...stamped, ...cosigned].map(({ size, note }) => [size, note]));
  bySize.delete(last);
  return [...bySize].sort(([a], [b]) => a - b).map(([, note]) => note);
}

function inOrder(a: Range, b: Range): number {
  return a.from - b.from || a.to - b.to;
}

/**
 * Of the checkpoints with sizes from $1 to $2: the first at or above each of $3 sizes, and the last of all. Several of
 * those sizes may find the same one.
 */
const SPREAD = `
  SELECT size, note
    FROM generate_series(0, $3::int - 1) AS place
   CROSS JOIN LATERAL (SELECT size, note FROM log_checkpoints
                        WHERE size >= $1::bigint + place * ($2::bigint - $1::bigint) / $3::int AND size <= $2::bigint
                        ORDER BY size LIMIT 1) AS found
   UNION
  (SELECT size, note FROM log_checkpoints WHERE size BETWEEN $1::bigint AND $2::bigint ORDER BY size DESC LIMIT 1)
   ORDER BY size`;

/**
 * Of the stamped checkpoints up to size $3: the first at or above each of $4 sizes from $1 to $2, the last up to $2,
 * and the first from there on; each with its tokens.
 */
const STAMPED = `
  SELECT size::float8 AS size, min(note) AS note,
         array_agg(translate(encode(token, 'base64'), E'\\n', '') ORDER BY authority) AS tokens
    FROM log_stamps
   WHERE size IN (SELECT (SELECT min(size) FROM log_stamps
                           WHERE size >= $1::bigint + place * ($2::bigint - $1::bigint) / $4::int AND size <= $3::bigint)
                    FROM generate_series(0, $4::int) AS place
                   UNION ALL SELECT max(size) FROM log_stamps WHERE size BETWEEN $1::bigint AND $2::bigint)
   GROUP BY size ORDER BY size`;
