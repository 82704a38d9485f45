import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import type { GrantAnswer } from '../answers.js';
import { setting } from '../serve-baseline.js';

const schema = `
  DROP TABLE IF EXISTS ledger_entries, payouts, grants;
  CREATE TABLE grants (
    user_id bigint PRIMARY KEY, grant_seq int NOT NULL UNIQUE, status text NOT NULL DEFAULT 'PENDING',
    created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE TABLE payouts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, user_id bigint NOT NULL UNIQUE REFERENCES grants,
    amount bigint NOT NULL, created_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE TABLE ledger_entries (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, payout_id bigint NOT NULL REFERENCES payouts,
    account text NOT NULL, amount bigint NOT NULL
  )`;

const columns = `'default' AS "campaignId", user_id AS "userId", status, grant_seq AS "grantSeq",
  grant_seq AS "arrivalNo", created_at AS "createdAt", updated_at AS "updatedAt"`;
const amount = 10;

/** The textbook tables: one statement per claim, one transaction per payout. */
@Injectable()
export class SeedDatabase {
  private readonly pool = new Pool({ connectionString: setting('DATABASE_URL') });

  /** The new grant; undefined if the user already has one. */
  async insert(userId: string, slot: number): Promise<GrantAnswer | undefined> {
    const { rows } = await this.pool.query<GrantAnswer>(
      `INSERT INTO grants (user_id, grant_seq) VALUES ($1, $2) ON CONFLICT (user_id) DO NOTHING RETURNING ${columns}`,
      [userId, slot],
    );
    return rows[0];
  }

  async find(userId: string): Promise<GrantAnswer | undefined> {
    const { rows } = await this.pool.query<GrantAnswer>(`SELECT ${columns} FROM grants WHERE user_id = $1`, [
      userId,
    ]);
    return rows[0];
  }

  /** Pays one grant in its own transaction. A grant that is already paid stays unchanged. */
  async pay(userId: string): Promise<void> {
    const client = await this.pool.connect();
    try {
      await client.query('BEGIN');
      const locked = await client.query<{ status: string }>(
        'SELECT status FROM grants WHERE user_id = $1 FOR UPDATE',
        [userId],
      );
      if (locked.rows[0]?.status === 'PENDING') {
        const { rows } = await client.query<{ id: string }>(
          'INSERT INTO payouts (user_id, amount) VALUES ($1, $2) RETURNING id',
          [userId, amount],
        );
        await client.query(
          `INSERT INTO ledger_entries (payout_id, account, amount) VALUES ($1, 'pool', $2), ($1, $3, $4)`,
          [rows[0]?.id, -amount, `wallet-${userId}`, amount],
        );
        await client.query(`UPDATE grants SET status = 'SUCCESS', updated_at = now() WHERE user_id = $1`, [
          userId,
        ]);
      }
      await client.query('COMMIT');
    } catch (error) {
      await client.query('ROLLBACK');
      throw error;
    } finally {
      client.release();
    }
  }

  async paid(): Promise<number> {
    const { rows } = await this.pool.query<{ paid: number }>(
      `SELECT count(*)::int AS paid FROM grants JOIN payouts USING (user_id) WHERE status = 'SUCCESS'`,
    );
    return rows[0]?.paid ?? 0;
  }

  async begin(): Promise<void> {
    await this.pool.query(schema);
  }
}
