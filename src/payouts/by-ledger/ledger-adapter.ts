import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { heldWallets } from '../../ledger/held-wallets.js';
import { transferFromCampaign } from '../../ledger/transfer.js';
import type { BookkeeperPort, PayoutOrder, PayoutOutcome } from '../payout-port.js';

/** Pays from the campaign's account in the ledger to the user's wallet. A closed wallet rejects. */
@Injectable()
export class LedgerAdapter implements BookkeeperPort {
  async pay(orders: readonly PayoutOrder[], transaction: EntityManager): Promise<PayoutOutcome[]> {
    const [first] = orders;
    if (!first) return [];
    const results = await transferFromCampaign(transaction, first.campaignId, first.amount, orders);
    return results.map(({ idempotencyKey, outcome, reason, transactionId }) => ({
      idempotencyKey,
      providerReference: transactionId,
      ...(outcome === 'SETTLED' ? { state: outcome } : { state: outcome, reason: reason ?? 'unspecified' }),
    }));
  }

  async heldUsers(orders: readonly PayoutOrder[], transaction: EntityManager): Promise<string[]> {
    const [first] = orders;
    if (!first) return [];
    const users = orders.map(({ userId }) => userId);
    return heldWallets(transaction, first.campaignId, users);
  }
}
