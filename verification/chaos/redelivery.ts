import type { BankProcess } from '../bank/bank-process.js';
import type { TransferLine } from '../bank/log-line.js';
import { bodyOf, signedHeaders } from '../bank/webhook-event.js';

/**
 * Sends the bank's webhooks about reversals again, as providers do on request: a killed bank loses its queue, a webhook
 * may get lost, and nothing else reports a reversal. The ids are the same, so the service ignores the events that it
 * knows.
 * @returns how many were refused
 */
export async function redeliverReversals(bank: BankProcess, apiUrl: string): Promise<number> {
  const log = await bank.readLog();
  const transfers = log.filter((line): line is TransferLine => line.event !== 'fault');
  let refused = 0;
  for (const line of transfers.filter(({ event }) => event === 'reversed')) {
    const { seq, id, idempotencyKey, campaignId, userId, amount, currency, reason } = line;
    const createdAt = transfers.find((made) => made.id === id)?.at ?? line.at;
    const transfer = { id, idempotencyKey, campaignId, userId, amount, currency, reason, createdAt };
    const eventId = `evt_${String(seq).padStart(6, '0')}`;
    const body = bodyOf({
      id: eventId,
      type: 'transfer.reversed',
      transfer: { ...transfer, state: 'reversed' },
    });
    const answer = await fetch(`${apiUrl}/v1/payout-events`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...signedHeaders(eventId, body, bank.webhookSecret) },
      body,
    });
    if (!answer.ok) refused++;
  }
  return refused;
}
