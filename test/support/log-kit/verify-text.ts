import { openProof } from '../../../verification/verifier/reading/proof-to-check.js';
import { type Brought, checkLog, type LogToCheck } from '../../../verification/verifier/verdict/check-log.js';
import type { Verdict } from '../../../verification/verifier/verdict/verdict.js';

/** Nothing but the proof itself. */
export const NOTHING: Brought = { key: null, policy: null, receipts: [], also: [], stamps: null, list: null };

/** Opens a proof that is in memory. */
export function openText(proof: string): Promise<LogToCheck> {
  return openProof(chunksOf(proof), null);
}

/** Checks a proof that is in memory. */
export async function verifyText(proof: string, brought: Partial<Brought> = {}): Promise<Verdict> {
  return checkLog(await openText(proof), { ...NOTHING, ...brought });
}

/** The names of all rules that a verdict calls broken, and of its remarks. */
export function namesIn({ violations, campaigns, reasons, receipts }: Verdict): string[] {
  return [
    ...violations.map(({ name }) => name),
    ...campaigns.flatMap((campaign) => [...campaign.violations, ...campaign.remarks].map(({ name }) => name)),
    ...reasons,
    ...receipts.map(({ name }) => name),
  ];
}

async function* chunksOf(text: string): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
}
