import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { Operator } from '../platform/admin/operator.js';
import { recordAct } from '../platform/admin/record-act.js';
import { READS } from '../platform/postgres/reads.js';
import { rows } from '../platform/postgres/rows.js';

export interface Wallet {
  readonly userId: string;
  readonly currency: string;
  /** What the ledger holds for the user; minor units. */
  readonly balance: string;
  /** What providers have paid to the user and did not come back; minor units. Of campaigns that are not archived. */
  readonly paidByProvider: string;
  readonly closedAt: Date | null;
}

/**
 * SQL: one row with what providers have paid to user $1 in currency $2: one look-up for each campaign of theirs in that
 * currency. A campaign of an earlier release may name no provider.
 */
const PAID_BY_PROVIDER = `
  SELECT COALESCE(sum(campaigns.amount), 0) AS amount FROM campaigns
   CROSS JOIN LATERAL (SELECT state, first_sent_at FROM payouts WHERE campaign_id = campaigns.id AND user_id = $1 OFFSET 0) AS paid
   WHERE campaigns.currency = $2 AND campaigns.payout_provider IS DISTINCT FROM 'ledger'
     AND paid.state = 'SETTLED' AND (campaigns.payout_provider = 'http' OR paid.first_sent_at IS NOT NULL)`;

type LedgerWallet = Omit<Wallet, 'paidByProvider'>;

/** Users' wallets, for operators. */
@Injectable()
export class Wallets {
  constructor(
    @InjectDataSource() private readonly source: DataSource,
    @InjectDataSource(READS) private readonly reads: DataSource,
  ) {}

  /** @returns null if the user has never had one, and no provider has paid anything to the user */
  async find(userId: string, currency: string): Promise<Wallet | null> {
    const [wallet] = await rows<Wallet>(
      this.reads,
      `SELECT $1::bigint AS "userId", $2::text AS currency, COALESCE(wallet.balance, 0) AS balance,
              wallet.closed_at AS "closedAt", paid.amount AS "paidByProvider"
         FROM (${PAID_BY_PROVIDER}) AS paid
         LEFT JOIN ledger_accounts wallet ON wallet.kind = 'WALLET' AND wallet.user_id = $1 AND wallet.currency = $2
        WHERE wallet.id IS NOT NULL OR paid.amount > 0`,
      [userId, currency],
    );
    return wallet ?? null;
  }

  /** From now on, payouts to the wallet are rejected. One that does not exist yet is created closed. Idempotent. */
  close(userId: string, currency: string, operator: Operator): Promise<Wallet> {
    return this.change('wallet-closed', userId, currency, operator);
  }

  /** The wallet accepts payouts again. What was rejected meanwhile stays rejected. Idempotent. */
  reopen(userId: string, currency: string, operator: Operator): Promise<Wallet> {
    return this.change('wallet-opened', userId, currency, operator);
  }

  private async change(
    act: keyof typeof CLOSED_AT,
    userId: string,
    currency: string,
    operator: Operator,
  ): Promise<Wallet> {
    const { fresh, standing } = CLOSED_AT[act];
    const changed = await this.source.transaction(async (transaction) => {
      const [wallet] = await rows<LedgerWallet>(
        transaction,
        `INSERT INTO ledger_accounts (kind, user_id, currency, closed_at) VALUES ('WALLET', $1, $2, ${fresh})
         ON CONFLICT (user_id, currency) WHERE kind = 'WALLET' DO UPDATE SET closed_at = ${standing}
         RETURNING user_id AS "userId", currency, balance, closed_at AS "closedAt"`,
        [userId, currency],
      );
      if (!wallet) throw new Error('An upsert returned no row.');
      await recordAct(transaction, { act, campaignId: null, detail: { userId, currency }, ...operator });
      return wallet;
    });
    // After the commit: payouts to the user wait for the wallet while its row is locked.
    const [paid] = await rows<{ amount: string }>(this.source, PAID_BY_PROVIDER, [userId, currency]);
    return { ...changed, paidByProvider: paid?.amount ?? '0' };
  }
}

/** The new value of `closed_at`, for a new wallet and for an existing one. */
const CLOSED_AT = {
  'wallet-closed': { fresh: 'now()', standing: 'COALESCE(ledger_accounts.closed_at, now())' },
  'wallet-opened': { fresh: 'NULL', standing: 'NULL' },
} as const;
