import type { MigrationInterface, QueryRunner } from 'typeorm';

/** $$ body of `provider_events_may_go`; `kept` says which rows of `gone` may go only with their campaign. */
function mayGo(kept: string): string {
  return `
    CREATE OR REPLACE FUNCTION provider_events_may_go() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      removed text := (SELECT id FROM campaigns
                        WHERE id = current_setting('seonchak.removed_campaign', true) AND archive_sha256 IS NOT NULL);
    BEGIN
      IF EXISTS (SELECT FROM gone
                  WHERE ${kept} AND (removed IS NULL OR campaign_of_key(gone.idempotency_key) IS DISTINCT FROM removed)) THEN
        RAISE EXCEPTION 'DELETE of provider_events refused: it is append-only' USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      RETURN NULL;
    END $$`;
}

/**
 * A provider's events that changed nothing may be deleted after two days, so that the id of a signed event is known for
 * as long as the event can be taken (from a day before its time to a day after). Events that changed something go with
 * their campaign, as before. Webhooks wait while the index is built: some seconds with millions of events.
 */
export class LetProviderEventsGo1764100010000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(mayGo(`(gone.effect = 'applied' OR gone.received_at > now() - interval '2 days')`));
    await runner.query(
      `CREATE INDEX provider_events_passing ON provider_events (received_at) WHERE effect <> 'applied'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX provider_events_passing`);
    await runner.query(mayGo('true'));
  }
}
