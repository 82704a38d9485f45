import { fromBase64, toBase64 } from '../../../src/transparency/formats/bytes.js';
import { commitToUser } from '../../../src/transparency/formats/commitment.js';
import { hashLeaf, verifyInclusion } from '../../../src/transparency/formats/merkle-tree.js';
import type { ListedReceipt } from '../receipts/receipt.js';
import type { ReceiptVerdict, ReceiptVerdictName } from '../receipts/receipt-verdict.js';
import type { CampaignReplay } from '../replay/campaign-replay.js';
import type { ListCheck } from './list-check.js';

/**
 * Judges what finds a person in the list of who may claim: by its path to what the terms commit to, or without one by
 * the list that the reader brought.
 * @param campaigns that were read
 */
export function judgeListed(
  receipt: ListedReceipt,
  campaigns: ReadonlyMap<string, CampaignReplay>,
  list: ListCheck | null,
): ReceiptVerdict {
  const { campaign, place } = receipt;
  const verdict = (name: ReceiptVerdictName): ReceiptVerdict => {
    return { name, campaign, arrivalNo: null, status: null };
  };
  const replay = campaigns.get(campaign);
  if (!place) return list ? list.judgePerson(receipt) : verdict('list-not-brought');
  if (!replay) return verdict('other-campaign');
  const root = replay.state?.terms.eligibleRoot ?? null;
  if (root === null) return verdict('terms-without-list');
  return verdict(leadsTo(root, receipt, place) ? 'on-the-list' : 'path-leads-elsewhere');
}

/** Whether the path leads from the line that the opening opens to this root, in base64. */
function leadsTo(
  root: string,
  { campaign, opening: { userId, nonce } }: ListedReceipt,
  { index, size, path }: NonNullable<ListedReceipt['place']>,
): boolean {
  const line = toBase64(commitToUser(campaign, userId, nonce));
  return verifyInclusion(path, size, fromBase64(root, 'eligibleRoot'), index, hashLeaf(line));
}
