import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Payouts across a network: attempts, doubt, reversals, and the provider's webhooks. */
export class PayByProvider1763800003000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE payouts
        ADD COLUMN request_body   TEXT,
        ADD COLUMN fence          INT NOT NULL DEFAULT 1,
        ADD COLUMN leased_until   TIMESTAMPTZ,
        ADD COLUMN due_at         TIMESTAMPTZ,
        ADD COLUMN first_sent_at  TIMESTAMPTZ,
        ADD COLUMN gate_told_at   TIMESTAMPTZ,
        DROP CONSTRAINT payouts_state_known,
        DROP CONSTRAINT payouts_attempts_range,
        ADD CONSTRAINT payouts_state_known
          CHECK (state IN ('DUE', 'SENDING', 'IN_DOUBT', 'HELD', 'SETTLED', 'REJECTED', 'REVERSED')),
        ADD CONSTRAINT payouts_attempts_range CHECK (attempts >= 0)`);
    await runner.query(`
      COMMENT ON COLUMN payouts.request_body IS 'what is sent under the key, byte for byte the same each time';
      COMMENT ON COLUMN payouts.fence IS 'counts who took it: only the latest may say that it is still in doubt';
      COMMENT ON COLUMN payouts.leased_until IS 'until then somebody is at it';
      COMMENT ON COLUMN payouts.due_at IS 'not before then';
      COMMENT ON COLUMN payouts.first_sent_at IS 'from then on the provider may know the key';
      COMMENT ON COLUMN payouts.gate_told_at IS 'of a reversal: when the gate had passed the slot on'`);
    await runner.query(`
      CREATE INDEX payouts_open ON payouts (campaign_id, COALESCE(due_at, leased_until))
       WHERE state IN ('DUE', 'SENDING', 'IN_DOUBT');
      CREATE INDEX payouts_held ON payouts (campaign_id, user_id) WHERE state = 'HELD';
      CREATE INDEX payouts_reversed_untold ON payouts (campaign_id) WHERE state = 'REVERSED' AND gate_told_at IS NULL;
      CREATE INDEX payout_events_of ON payout_events (idempotency_key)`);
    await runner.query(`
      CREATE TRIGGER payouts_outcome_is_final BEFORE UPDATE OF state ON payouts
        FOR EACH ROW WHEN (OLD.state IN ('SETTLED', 'REJECTED', 'REVERSED') AND NOT (OLD.state = 'SETTLED' AND NEW.state = 'REVERSED'))
        EXECUTE FUNCTION refuse_change('the first outcome of a key is final');
      CREATE TRIGGER payouts_order_is_fixed BEFORE UPDATE OF campaign_id, user_id, idempotency_key, request_body
        ON payouts FOR EACH ROW EXECUTE FUNCTION refuse_change('a grant has one key, and a key one request')`);

    await runner.query(`ALTER TABLE payout_events ADD COLUMN actor TEXT`);
    await runner.query(`COMMENT ON COLUMN payout_events.actor IS 'the operator who decided it, else null'`);

    await runner.query(`
      CREATE TABLE provider_events (
        id              TEXT        NOT NULL CONSTRAINT provider_events_pk PRIMARY KEY,
        type            TEXT        NOT NULL,
        idempotency_key TEXT        NOT NULL,
        effect          TEXT        NOT NULL,
        body            TEXT        NOT NULL,
        received_at     TIMESTAMPTZ NOT NULL DEFAULT now(),
        CONSTRAINT provider_events_effect_known
          CHECK (effect IN ('applied', 'known', 'unknown-payout', 'other-transfer', 'contradiction', 'meaningless'))
      )`);
    await runner.query(`
      CREATE TRIGGER provider_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON provider_events
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('it is append-only')`);

    await runner.query(`
      ALTER TABLE campaigns
        ADD COLUMN reversal_policy TEXT NOT NULL DEFAULT 'keep',
        ADD CONSTRAINT campaigns_reversal_policy_known CHECK (reversal_policy IN ('keep', 'regrant'))`);

    // If a settled payout came back, its grant may end a second time, as FAILED, so that its slot goes to the next in
    // line.
    await runner.query(`DROP TRIGGER user_grants_status_is_final ON user_grants`);
    await runner.query(`
      CREATE FUNCTION user_grants_status_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF OLD.status = 'SUCCESS' AND NEW.status = 'FAILED' AND EXISTS (
             SELECT FROM payouts JOIN campaigns ON campaigns.id = payouts.campaign_id
              WHERE payouts.campaign_id = OLD.campaign_id AND payouts.user_id = OLD.user_id
                AND payouts.state = 'REVERSED' AND campaigns.reversal_policy = 'regrant') THEN
          RETURN NEW;
        END IF;
        RAISE EXCEPTION 'UPDATE of user_grants refused: SUCCESS and FAILED are final'
          USING ERRCODE = 'integrity_constraint_violation';
      END $$`);
    await runner.query(`
      CREATE TRIGGER user_grants_status_is_final BEFORE UPDATE OF status ON user_grants
        FOR EACH ROW WHEN (OLD.status <> 'PENDING') EXECUTE FUNCTION user_grants_status_is_final()`);

    await runner.query(`
      ALTER TABLE ledger_accounts
        DROP CONSTRAINT ledger_accounts_owner,
        ADD CONSTRAINT ledger_accounts_owner CHECK (
             kind IN ('TREASURY', 'PROVIDER') AND campaign_id IS NULL AND user_id IS NULL
          OR kind = 'CAMPAIGN' AND campaign_id IS NOT NULL AND user_id IS NULL
          OR kind = 'WALLET' AND campaign_id IS NULL AND user_id >= 1)`);
    await runner.query(`
      COMMENT ON TABLE ledger_accounts IS
        'TREASURY: where budgets come from, the only one that may be negative; CAMPAIGN: a budget; WALLET: a user''s money;
         PROVIDER: what a provider has paid out for us';
      CREATE UNIQUE INDEX ledger_accounts_provider_unique ON ledger_accounts (currency) WHERE kind = 'PROVIDER'`);
  }

  /** Works only while no provider has made a payout. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX ledger_accounts_provider_unique`);
    await runner.query(`
      ALTER TABLE ledger_accounts
        DROP CONSTRAINT ledger_accounts_owner,
        ADD CONSTRAINT ledger_accounts_owner CHECK (
             kind = 'TREASURY' AND campaign_id IS NULL AND user_id IS NULL
          OR kind = 'CAMPAIGN' AND campaign_id IS NOT NULL AND user_id IS NULL
          OR kind = 'WALLET' AND campaign_id IS NULL AND user_id >= 1)`);
    await runner.query(`
      COMMENT ON TABLE ledger_accounts IS
        'TREASURY: where budgets come from, the only one that may be negative; CAMPAIGN: a budget; WALLET: a user''s money'`);
    await runner.query(`DROP TRIGGER user_grants_status_is_final ON user_grants`);
    await runner.query(`DROP FUNCTION user_grants_status_is_final()`);
    await runner.query(`
      CREATE TRIGGER user_grants_status_is_final BEFORE UPDATE OF status ON user_grants
        FOR EACH ROW WHEN (OLD.status <> 'PENDING') EXECUTE FUNCTION refuse_change('SUCCESS and FAILED are final')`);
    await runner.query(`ALTER TABLE campaigns DROP COLUMN reversal_policy`);
    await runner.query(`DROP TABLE provider_events`);
    await runner.query(`ALTER TABLE payout_events DROP COLUMN actor`);
    await runner.query(`DROP TRIGGER payouts_outcome_is_final ON payouts`);
    await runner.query(`DROP TRIGGER payouts_order_is_fixed ON payouts`);
    await runner.query(`DROP INDEX payout_events_of`);
    await runner.query(`DROP INDEX payouts_open`);
    await runner.query(`DROP INDEX payouts_held`);
    await runner.query(`DROP INDEX payouts_reversed_untold`);
    await runner.query(`
      ALTER TABLE payouts
        DROP CONSTRAINT payouts_state_known,
        DROP CONSTRAINT payouts_attempts_range,
        DROP COLUMN request_body,
        DROP COLUMN fence,
        DROP COLUMN leased_until,
        DROP COLUMN due_at,
        DROP COLUMN first_sent_at,
        DROP COLUMN gate_told_at,
        ADD CONSTRAINT payouts_state_known CHECK (state IN ('SETTLED', 'REJECTED')),
        ADD CONSTRAINT payouts_attempts_range CHECK (attempts >= 1)`);
  }
}
