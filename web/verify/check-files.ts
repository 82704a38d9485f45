import { readEligibleList } from '../../verification/verifier/lists/eligible-list.js';
import { openProof } from '../../verification/verifier/reading/proof-to-check.js';
import { parseReceipt } from '../../verification/verifier/receipts/receipt.js';
import { checkLog, type LogToCheck } from '../../verification/verifier/verdict/check-log.js';
import { nameLeaves } from '../../verification/verifier/verdict/name-leaves.js';
import type { Verdict } from '../../verification/verifier/verdict/verdict.js';
import { bytesOf } from './file-bytes.js';
import type { Chosen } from './view/form.js';

/**
 * Checks what was chosen.
 * @param told gets the share of the proof that was read, 0 to 1
 * @throws UnusableInput
 */
export async function checkFiles(
  proof: File,
  { receipt, list, policy, also, key }: Chosen,
  told: (share: number) => void,
): Promise<Verdict> {
  const brought = {
    key: key === '' ? null : key,
    policy: policy && (await policy.text()),
    receipts: receipt ? [parseReceipt(await receipt.text())] : [],
    also: also ? [await also.text()] : [],
    list: list && (await readEligibleList(bytesOf(list))),
    stamps: null, // the command's business: docs/adr/0038-time-stamps.md
  };
  const open = (): Promise<LogToCheck> => openProof(bytesOf(proof, told), null);
  return nameLeaves(await checkLog(await open(), brought), open);
}
