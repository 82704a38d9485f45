import { toBase64 } from '../formats/bytes.js';
import { commitToKey, commitToReference, commitToUser } from '../formats/commitment.js';
import { nonceOfReference, nonceOfUser } from '../formats/nonce.js';

/** What the log says instead of the names of people and payouts of one campaign. */
export class Commitments {
  constructor(
    private readonly campaignId: string,
    private readonly key: Uint8Array,
  ) {}

  /** To the key itself. */
  get toKey(): string {
    return toBase64(commitToKey(this.campaignId, this.key));
  }

  toUser(userId: string): string {
    return toBase64(commitToUser(this.campaignId, userId, nonceOfUser(this.key, userId)));
  }

  /** @param reference of a payout, or the name of an operator; null when there is none */
  toReference(reference: string | null): string | null {
    if (reference === null) return null;
    return toBase64(commitToReference(this.campaignId, reference, nonceOfReference(this.key, reference)));
  }
}
