import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A gate gives out no number while its campaign is paused, or before it opens. So whatever replaces such terms is in
 * force after the same number as they were, and that is on record together with the change, whoever dies before the
 * gate's own answer is, and whether or not the gate survives (docs/adr/0048).
 *
 * A trigger, so that the release before records it, too. Creating it locks `campaigns` for a moment; no row is
 * rewritten.
 */
export class KeepWhereAPauseEnded1764100076000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION campaigns_note_end_of_pause() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO gate_revisions (campaign_id, revision, epoch, arrival_no)
        SELECT campaign_id, NEW.revision, epoch, arrival_no FROM gate_revisions
         WHERE campaign_id = NEW.id AND revision = OLD.revision
        ON CONFLICT DO NOTHING;
        RETURN NULL;
      END $$`);
    // An opening by the gate's clock may have come already: only an earlier one holds for those who got in by it, too.
    await runner.query(`
      CREATE TRIGGER campaigns_note_end_of_pause AFTER UPDATE OF revision ON campaigns
        FOR EACH ROW WHEN (NEW.revision > OLD.revision AND (OLD.state = 'PAUSED'
          OR OLD.state = 'OPEN' AND NEW.state = 'OPEN' AND OLD.opens_at > clock_timestamp()
             AND COALESCE(NEW.opens_at < OLD.opens_at, true)))
        EXECUTE FUNCTION campaigns_note_end_of_pause()`);
    await runner.query(`
      COMMENT ON TABLE gate_revisions IS 'when gates took the revisions of terms; one that no gate ever had is missing, unless it replaced terms under which nobody got in'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TRIGGER campaigns_note_end_of_pause ON campaigns`);
    await runner.query(`DROP FUNCTION campaigns_note_end_of_pause()`);
    await runner.query(`
      COMMENT ON TABLE gate_revisions IS 'when gates took the revisions of terms; a revision that no gate ever had is missing'`);
  }
}
