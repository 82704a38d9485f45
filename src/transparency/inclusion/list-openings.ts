import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { READS } from '../../platform/postgres/reads.js';
import { rows } from '../../platform/postgres/rows.js';
import { toBase64 } from '../formats/bytes.js';
import { commitToUser } from '../formats/commitment.js';
import { nonceOfUser } from '../formats/nonce.js';
import { findInList, type ListPlace } from './list-place.js';

/** What opens a person's commitment in the list that the log commits to, or why nothing does. */
export type ListOpening =
  | {
      readonly kind: 'listed';
      readonly nonce: Uint8Array;
      /** Null when the list was kept by a release that kept no hashes of it. */
      readonly place: ListPlace | null;
    }
  /** Not on that list. */
  | { readonly kind: 'not-listed' }
  /** The log commits to no list of the campaign, not yet or not at all, or the key was destroyed. */
  | { readonly kind: 'not-logged' };

/** Lets people find themselves in the list that the log commits to. */
@Injectable()
export class ListOpenings {
  constructor(@InjectDataSource(READS) private readonly source: DataSource) {}

  async of(campaignId: string, userId: string): Promise<ListOpening> {
    const [found] = await rows<{ key: Uint8Array; isOn: boolean }>(this.source, FIND, [campaignId, userId]);
    if (!found) return { kind: 'not-logged' };
    if (!found.isOn) return { kind: 'not-listed' };
    const nonce = nonceOfUser(found.key, userId);
    const commitment = toBase64(commitToUser(campaignId, userId, nonce));
    return { kind: 'listed', nonce, place: await findInList(this.source, campaignId, commitment) };
  }
}

/** $1 campaign, $2 user. Look-ups by key. The list is there a moment before the terms that commit to it. */
const FIND = `
  SELECT key, EXISTS (SELECT FROM campaign_eligible WHERE campaign_id = $1 AND user_id = $2) AS "isOn"
    FROM campaign_log_keys
   WHERE campaign_id = $1 AND EXISTS (SELECT FROM eligible_commitments WHERE campaign_id = $1)
     AND EXISTS (SELECT FROM log_campaigns WHERE campaign_id = $1)`;
