import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Payouts, and the double-entry ledger that makes them by default: the last enforcement of P9. */
export class CreatePayoutsAndLedger1763800001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE payouts (
        campaign_id        TEXT        NOT NULL,
        user_id            BIGINT      NOT NULL,
        idempotency_key    TEXT        NOT NULL CONSTRAINT payouts_idempotency_key_unique UNIQUE,
        state              TEXT        NOT NULL,
        attempts           INT         NOT NULL DEFAULT 1,
        provider_reference TEXT,
        last_error         TEXT,
        created_at         TIMESTAMPTZ NOT NULL DEFAULT now(),
        updated_at         TIMESTAMPTZ NOT NULL DEFAULT now(),
        CONSTRAINT payouts_pk PRIMARY KEY (campaign_id, user_id),
        CONSTRAINT payouts_grant_fk FOREIGN KEY (campaign_id, user_id) REFERENCES user_grants (campaign_id, user_id),
        CONSTRAINT payouts_state_known CHECK (state IN ('SETTLED', 'REJECTED')),
        CONSTRAINT payouts_attempts_range CHECK (attempts >= 1)
      )`);
    await runner.query(`
      CREATE TABLE payout_events (
        id              BIGINT      GENERATED ALWAYS AS IDENTITY CONSTRAINT payout_events_pk PRIMARY KEY,
        idempotency_key TEXT        NOT NULL,
        event           TEXT        NOT NULL,
        detail          TEXT,
        created_at      TIMESTAMPTZ NOT NULL DEFAULT now()
      )`);

    await runner.query(`
      CREATE TABLE ledger_accounts (
        id          BIGINT      GENERATED ALWAYS AS IDENTITY CONSTRAINT ledger_accounts_pk PRIMARY KEY,
        kind        TEXT        NOT NULL,
        campaign_id TEXT,
        user_id     BIGINT,
        currency    TEXT        NOT NULL,
        balance     BIGINT      NOT NULL DEFAULT 0,
        closed_at   TIMESTAMPTZ,
        created_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
        CONSTRAINT ledger_accounts_campaign_fk FOREIGN KEY (campaign_id) REFERENCES campaigns (id),
        CONSTRAINT ledger_accounts_owner CHECK (
             kind = 'TREASURY' AND campaign_id IS NULL AND user_id IS NULL
          OR kind = 'CAMPAIGN' AND campaign_id IS NOT NULL AND user_id IS NULL
          OR kind = 'WALLET' AND campaign_id IS NULL AND user_id >= 1),
        CONSTRAINT ledger_accounts_not_overdrawn CHECK (kind = 'TREASURY' OR balance >= 0)
      )`);
    await runner.query(`
      COMMENT ON TABLE ledger_accounts IS
        'TREASURY: where budgets come from, the only one that may be negative; CAMPAIGN: a budget; WALLET: a user''s money';
      CREATE UNIQUE INDEX ledger_accounts_treasury_unique ON ledger_accounts (currency) WHERE kind = 'TREASURY';
      CREATE UNIQUE INDEX ledger_accounts_campaign_unique ON ledger_accounts (campaign_id) WHERE kind = 'CAMPAIGN';
      CREATE UNIQUE INDEX ledger_accounts_wallet_unique ON ledger_accounts (user_id, currency) WHERE kind = 'WALLET'`);

    await runner.query(`
      CREATE TABLE ledger_transactions (
        id              BIGINT      GENERATED ALWAYS AS IDENTITY CONSTRAINT ledger_transactions_pk PRIMARY KEY,
        idempotency_key TEXT        NOT NULL CONSTRAINT ledger_transactions_idempotency_key_unique UNIQUE,
        outcome         TEXT        NOT NULL,
        reason          TEXT,
        created_at      TIMESTAMPTZ NOT NULL DEFAULT now(),
        CONSTRAINT ledger_transactions_outcome_known CHECK (outcome IN ('SETTLED', 'REJECTED')),
        CONSTRAINT ledger_transactions_rejected_with_reason CHECK ((outcome = 'REJECTED') = (reason IS NOT NULL))
      )`);
    await runner.query(`
      CREATE TABLE ledger_entries (
        id             BIGINT      GENERATED ALWAYS AS IDENTITY CONSTRAINT ledger_entries_pk PRIMARY KEY,
        transaction_id BIGINT      NOT NULL,
        account_id     BIGINT      NOT NULL,
        amount         BIGINT      NOT NULL,
        created_at     TIMESTAMPTZ NOT NULL DEFAULT now(),
        CONSTRAINT ledger_entries_transaction_fk FOREIGN KEY (transaction_id) REFERENCES ledger_transactions (id),
        CONSTRAINT ledger_entries_account_fk FOREIGN KEY (account_id) REFERENCES ledger_accounts (id),
        CONSTRAINT ledger_entries_amount_not_zero CHECK (amount <> 0)
      )`);
    await runner.query(`
      CREATE INDEX ledger_entries_transaction ON ledger_entries (transaction_id);
      CREATE INDEX ledger_entries_account ON ledger_entries (account_id)`);

    // Once per statement, not per row and not at COMMIT: one statement writes all entries of a transaction
    // (docs/adr/0006), and thousands of row triggers would cost more than the payouts.
    await runner.query(`
      CREATE FUNCTION ledger_entries_sum_to_zero() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF EXISTS (SELECT FROM ledger_entries
                    WHERE transaction_id IN (SELECT transaction_id FROM added)
                    GROUP BY transaction_id HAVING sum(amount) <> 0) THEN
          RAISE EXCEPTION 'the entries of a ledger transaction must sum to zero'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entries_sum_to_zero';
        END IF;
        RETURN NULL;
      END $$`);
    await runner.query(`
      CREATE TRIGGER ledger_entries_sum_to_zero AFTER INSERT ON ledger_entries
        REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_entries_sum_to_zero()`);

    for (const table of ['ledger_transactions', 'ledger_entries', 'payout_events']) {
      await runner.query(`
        CREATE TRIGGER ${table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ${table}
          FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('it is append-only')`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE ledger_entries`);
    await runner.query(`DROP TABLE ledger_transactions`);
    await runner.query(`DROP TABLE ledger_accounts`);
    await runner.query(`DROP TABLE payout_events`);
    await runner.query(`DROP TABLE payouts`);
    await runner.query(`DROP FUNCTION ledger_entries_sum_to_zero()`);
  }
}
