import { UnusableInput } from '../unusable-input.js';
import type { LogToCheck } from '../verdict/check-log.js';
import { linesOf } from './lines.js';
import { MisplacedFile } from './misplaced-file.js';
import { ProofFile } from './proof-file.js';

/**
 * The proof of one campaign, from a stream of its bytes.
 * @param campaign the one that is asked for; null for that of the file
 * @throws UnusableInput when it is no proof, or that of another campaign
 */
export async function openProof(
  chunks: AsyncIterable<Uint8Array>,
  campaign: string | null,
): Promise<LogToCheck> {
  const file = await ProofFile.open(linesOf(withoutReceipt(chunks)));
  const { head } = file;
  if (campaign !== null && campaign !== head.campaign)
    throw new UnusableInput(`The proof is about the campaign ${head.campaign}.`);
  return {
    told: { key: head.logKey, policy: head.policy },
    origin: head.origin,
    checkpoints: head.checkpoints,
    stamps: head.stamps,
    campaign: head.campaign,
    giveTo: (sink) => file.giveTo(sink),
  };
}

/** How a promise begins, JSON, and a note of "sold out". */
const BEGINS_A_RECEIPT = /^(?:c2sp\.org\/tlog-proof@|\{|\S+\/sold-out\n)/;

/** Hands on what is no receipt. By its bytes, not its lines: JSON need not end with a newline. */
async function* withoutReceipt(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let isBeginning = true;
  for await (const chunk of chunks) {
    if (isBeginning && BEGINS_A_RECEIPT.test(new TextDecoder().decode(chunk)))
      throw new MisplacedFile('receipt-as-proof');
    isBeginning = false;
    yield chunk;
  }
}
