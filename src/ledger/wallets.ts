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
  /** Minor units. */
  readonly balance: string;
  readonly closedAt: Date | null;
}

const COLUMNS = `user_id AS "userId", currency, balance, closed_at AS "closedAt"`;

/** Users' wallets, for operators. */
@Injectable()
export class Wallets {
  constructor(
    @InjectDataSource() private readonly source: DataSource,
    @InjectDataSource(READS) private readonly reads: DataSource,
  ) {}

  /** @returns null if the user has never had one */
  async find(userId: string, currency: string): Promise<Wallet | null> {
    const [wallet] = await rows<Wallet>(
      this.reads,
      `SELECT ${COLUMNS} FROM ledger_accounts WHERE kind = 'WALLET' AND user_id = $1 AND currency = $2`,
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

  private change(
    act: keyof typeof CLOSED_AT,
    userId: string,
    currency: string,
    operator: Operator,
  ): Promise<Wallet> {
    const { fresh, standing } = CLOSED_AT[act];
    return this.source.transaction(async (transaction) => {
      const [wallet] = await rows<Wallet>(
        transaction,
        `INSERT INTO ledger_accounts (kind, user_id, currency, closed_at) VALUES ('WALLET', $1, $2, ${fresh})
         ON CONFLICT (user_id, currency) WHERE kind = 'WALLET' DO UPDATE SET closed_at = ${standing}
         RETURNING ${COLUMNS}`,
        [userId, currency],
      );
      if (!wallet) throw new Error('An upsert returned no row.');
      await recordAct(transaction, { act, campaignId: null, detail: { userId, currency }, ...operator });
      return wallet;
    });
  }
}

/** The new value of `closed_at`, for a new wallet and for an existing one. */
const CLOSED_AT = {
  'wallet-closed': { fresh: 'now()', standing: 'COALESCE(ledger_accounts.closed_at, now())' },
  'wallet-opened': { fresh: 'NULL', standing: 'NULL' },
} as const;
