import type { BankProcess } from '../../tools/bank/bank-process.js';

/** A request to the bank that Seonchak never made. @returns the status */
export async function askBank(
  bank: BankProcess,
  idempotencyKey: string,
  transfer: { campaignId: string; userId: string; amount: number },
): Promise<number> {
  const { status } = await fetch(`${bank.url}/transfers`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${bank.secret}`,
      'Content-Type': 'application/json',
      'Idempotency-Key': idempotencyKey,
    },
    // The bytes that Seonchak sends, in its order of members.
    body: JSON.stringify({ ...transfer, currency: 'KRW' }),
  });
  return status;
}
