import type { MigrationInterface, QueryRunner } from 'typeorm';

/** New tables for the webhooks that we send (docs/webhooks.md); takes no lock that anybody waits for. */
export class TellByWebhooks1764100080000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await this.createEvents(runner);
    await this.createEndpoints(runner);
    const comments = [
      `TABLE webhook_progress IS 'who tells by webhooks, and how far it has come: one row'`,
      `COLUMN webhook_progress.teller IS 'the process that tells, until told_until; it renews that while it lives'`,
      `COLUMN webhook_progress.last_event_no IS 'of the last event; whoever adds events compares it with what they know'`,
      `TABLE webhook_campaigns IS 'campaigns that are not finished, and which claims of them were told'`,
      `COLUMN webhook_campaigns.missing IS 'arrival numbers up to told_up_to that were not durable yet'`,
      `TABLE webhook_events IS 'what endpoints are told, in order; goes by age'`,
      `COLUMN webhook_events.event_id IS 'what receivers know it by: a hash of what it is about, so it is the same if told again'`,
      `COLUMN webhook_events.subject IS 'the grant or campaign that it is about: events of one subject keep their order'`,
      `TABLE webhook_endpoints IS 'who is told'`,
      `COLUMN webhook_endpoints.secret IS 'secret: signs what is sent, as Standard Webhooks spells it'`,
      `COLUMN webhook_endpoints.previous_secret IS 'secret: signs too, until previous_secret_until'`,
      `COLUMN webhook_endpoints.event_types IS 'null: all'`,
      `COLUMN webhook_endpoints.position IS 'number of the last event that was accepted, failed once, or is not for it'`,
      `COLUMN webhook_endpoints.failures IS 'tries in a row of which none was accepted'`,
      `COLUMN webhook_endpoints.not_before IS 'nothing is sent earlier'`,
      `TABLE webhook_retries IS 'events up to the position of an endpoint that it has not accepted, or that follow such a one'`,
      `TABLE webhook_replays IS 'events that an endpoint is sent again'`,
    ];
    for (const comment of comments) await runner.query(`COMMENT ON ${comment}`);
  }

  private async createEvents(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE webhook_progress (
        is_one        BOOLEAN     NOT NULL DEFAULT true,
        last_event_no BIGINT      NOT NULL DEFAULT 0,
        teller        UUID,
        told_until    TIMESTAMPTZ NOT NULL DEFAULT '-infinity',
        CONSTRAINT webhook_progress_pk PRIMARY KEY (is_one),
        CONSTRAINT webhook_progress_is_one CHECK (is_one)
      )`);
    await runner.query(`INSERT INTO webhook_progress DEFAULT VALUES`);
    await runner.query(`
      CREATE TABLE webhook_campaigns (
        campaign_id TEXT COLLATE "C" NOT NULL,
        told_up_to  BIGINT           NOT NULL,
        missing     INT8MULTIRANGE   NOT NULL DEFAULT '{}',
        CONSTRAINT webhook_campaigns_pk PRIMARY KEY (campaign_id)
      )`);
    await runner.query(`
      CREATE TABLE webhook_events (
        no          BIGINT           NOT NULL,
        event_id    TEXT COLLATE "C" NOT NULL,
        type        TEXT COLLATE "C" NOT NULL,
        subject     TEXT COLLATE "C" NOT NULL,
        body        TEXT COLLATE "C" NOT NULL,
        recorded_at TIMESTAMPTZ      NOT NULL DEFAULT now(),
        CONSTRAINT webhook_events_pk PRIMARY KEY (no),
        CONSTRAINT webhook_events_event_id_unique UNIQUE (event_id)
      )`);
    await runner.query(`CREATE INDEX webhook_events_by_age ON webhook_events (recorded_at)`);
  }

  private async createEndpoints(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE webhook_endpoints (
        id                    UUID             NOT NULL DEFAULT gen_random_uuid(),
        url                   TEXT COLLATE "C" NOT NULL,
        description           TEXT COLLATE "C" NOT NULL,
        event_types           TEXT[] COLLATE "C",
        secret                TEXT COLLATE "C" NOT NULL,
        previous_secret       TEXT COLLATE "C",
        previous_secret_until TIMESTAMPTZ,
        state                 TEXT COLLATE "C" NOT NULL DEFAULT 'ON',
        off_reason            TEXT COLLATE "C",
        off_at                TIMESTAMPTZ,
        position              BIGINT           NOT NULL,
        failures              INT              NOT NULL DEFAULT 0,
        failing_since         TIMESTAMPTZ,
        last_failure          TEXT COLLATE "C",
        not_before            TIMESTAMPTZ      NOT NULL DEFAULT now(),
        accepted_at           TIMESTAMPTZ,
        created_at            TIMESTAMPTZ      NOT NULL DEFAULT now(),
        CONSTRAINT webhook_endpoints_pk PRIMARY KEY (id),
        CONSTRAINT webhook_endpoints_state_known CHECK (state IN ('ON', 'OFF')),
        CONSTRAINT webhook_endpoints_off_with_reason CHECK ((state = 'OFF') = (off_reason IS NOT NULL AND off_at IS NOT NULL)),
        CONSTRAINT webhook_endpoints_off_reason_known CHECK (off_reason IN ('operator', 'gone', 'failing')),
        CONSTRAINT webhook_endpoints_secret_with_end CHECK ((previous_secret IS NULL) = (previous_secret_until IS NULL))
      )`);
    await runner.query(`
      CREATE TABLE webhook_retries (
        endpoint_id     UUID             NOT NULL,
        event_no        BIGINT           NOT NULL,
        subject         TEXT COLLATE "C" NOT NULL,
        attempts        INT              NOT NULL,
        first_failed_at TIMESTAMPTZ,
        due_at          TIMESTAMPTZ      NOT NULL,
        CONSTRAINT webhook_retries_pk PRIMARY KEY (event_no, endpoint_id),
        CONSTRAINT webhook_retries_event_fk FOREIGN KEY (event_no) REFERENCES webhook_events (no) ON DELETE CASCADE,
        CONSTRAINT webhook_retries_endpoint_fk FOREIGN KEY (endpoint_id) REFERENCES webhook_endpoints (id) ON DELETE CASCADE
      )`);
    await runner.query(`CREATE INDEX webhook_retries_due ON webhook_retries (endpoint_id, due_at)`);
    await runner.query(
      `CREATE INDEX webhook_retries_in_order ON webhook_retries (endpoint_id, subject, event_no)`,
    );
    await runner.query(`
      CREATE TABLE webhook_replays (
        endpoint_id UUID   NOT NULL,
        after_no    BIGINT NOT NULL,
        up_to_no    BIGINT NOT NULL,
        CONSTRAINT webhook_replays_pk PRIMARY KEY (endpoint_id),
        CONSTRAINT webhook_replays_endpoint_fk FOREIGN KEY (endpoint_id) REFERENCES webhook_endpoints (id) ON DELETE CASCADE
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE webhook_replays, webhook_retries, webhook_endpoints, webhook_events, webhook_campaigns, webhook_progress`);
    await runner.query(`DELETE FROM change_readers WHERE name = 'webhooks'`);
  }
}
