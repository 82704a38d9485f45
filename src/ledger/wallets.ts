import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { rows } from '../postgres/rows.js';

export interface Wallet {
  readonly userId: string;
  readonly currency: string;
  /** Minor units. */
  readonly balance: string;
  readonly closedAt: Date | null;
}

const COLUMNS = `user_id AS "userId", currency, balance, closed_at AS "closedAt"`;

/** Users' wallets as an operator sees them. */
@Injectable()
export class Wallets {
  constructor(@InjectDataSource() private readonly source: DataSource) {}

  /** Null when the user has never had one. */
  async find(userId: string, currency: string): Promise<Wallet | null> {
    const [wallet] = await rows<Wallet>(
      this.source,
      `SELECT ${COLUMNS} FROM ledger_accounts WHERE kind = 'WALLET' AND user_id = $1 AND currency = $2`,
      [userId, currency],
    );
    return wallet ?? null;
  }

  /** From now on, payouts to it are rejected. One that does not exist yet comes into being closed. Idempotent. */
  async close(userId: string, currency: string): Promise<Wallet> {
    return this.upsert(userId, currency, 'now()', 'COALESCE(ledger_accounts.closed_at, now())');
  }

  /** Takes payouts again. What was rejected meanwhile stays rejected. Idempotent. */
  async reopen(userId: string, currency: string): Promise<Wallet> {
    return this.upsert(userId, currency, 'NULL', 'NULL');
  }

  private async upsert(userId: string, currency: string, fresh: string, standing: string): Promise<Wallet> {
    const [wallet] = await rows<Wallet>(
      this.source,
      `INSERT INTO ledger_accounts (kind, user_id, currency, closed_at) VALUES ('WALLET', $1, $2, ${fresh})
       ON CONFLICT (user_id, currency) WHERE kind = 'WALLET' DO UPDATE SET closed_at = ${standing}
       RETURNING ${COLUMNS}`,
      [userId, currency],
    );
    if (!wallet) throw new Error('An upsert returned no row.');
    return wallet;
  }
}
