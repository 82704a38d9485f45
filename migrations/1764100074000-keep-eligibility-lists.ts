import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Who may claim is a term of a campaign: everybody, or a list that is complete before the campaign opens
 * (docs/adr/0047). Locks `campaigns` for a moment; no row is rewritten, and every campaign that exists is for
 * everybody. The release before does not know lists: it lets everybody claim.
 */
export class KeepEligibilityLists1764100074000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE campaigns
        ADD COLUMN eligibility TEXT COLLATE "C" NOT NULL DEFAULT 'everybody',
        ADD COLUMN eligible_count INT NOT NULL DEFAULT 0,
        ADD COLUMN eligible_frozen_at TIMESTAMPTZ,
        ADD CONSTRAINT campaigns_eligibility_known CHECK (eligibility IN ('everybody', 'list')),
        ADD CONSTRAINT campaigns_eligible_of_a_list
          CHECK (eligibility = 'list' AND eligible_count >= 0 OR eligible_count = 0 AND eligible_frozen_at IS NULL)`);
    await runner.query(`
      CREATE TRIGGER campaigns_eligibility_is_fixed BEFORE UPDATE OF eligibility ON campaigns
        FOR EACH ROW WHEN (NEW.eligibility IS DISTINCT FROM OLD.eligibility)
        EXECUTE FUNCTION refuse_change('what was promised can''t be changed');
      CREATE TRIGGER campaigns_frozen_list_is_final BEFORE UPDATE OF eligible_count, eligible_frozen_at ON campaigns
        FOR EACH ROW WHEN (OLD.eligible_frozen_at IS NOT NULL
                           AND (NEW.eligible_frozen_at, NEW.eligible_count)
                               IS DISTINCT FROM (OLD.eligible_frozen_at, OLD.eligible_count))
        EXECUTE FUNCTION refuse_change('the list is frozen')`);
    await runner.query(`
      CREATE TABLE campaign_eligible (
        campaign_id TEXT COLLATE "C" NOT NULL,
        user_id     BIGINT           NOT NULL,
        CONSTRAINT campaign_eligible_pk PRIMARY KEY (campaign_id, user_id),
        CONSTRAINT campaign_eligible_user_id_range CHECK (user_id >= 1)
      )`);
    await this.freezeLists(runner);
    const comments = [
      `COLUMN campaigns.eligibility IS 'who may claim: everybody, or the people in campaign_eligible; never changes'`,
      `COLUMN campaigns.eligible_count IS 'how many people are in campaign_eligible'`,
      `COLUMN campaigns.eligible_frozen_at IS 'since when the list is final: from the first claim after the opening on'`,
      `TABLE campaign_eligible IS 'who may claim in campaigns with a list; changes only before the list is frozen'`,
    ];
    for (const comment of comments) await runner.query(`COMMENT ON ${comment}`);
  }

  /** Rows come and go while the list is open. Those of a frozen list go only with their archived campaign. */
  private async freezeLists(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION campaign_eligible_list_is_open() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF EXISTS (SELECT FROM (SELECT DISTINCT campaign_id FROM added) AS lists
                     LEFT JOIN campaigns ON campaigns.id = lists.campaign_id
                    WHERE campaigns.eligibility IS DISTINCT FROM 'list' OR campaigns.eligible_frozen_at IS NOT NULL) THEN
          RAISE EXCEPTION 'INSERT into campaign_eligible refused: the campaign has no list that is open'
            USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
      END $$`);
    await runner.query(`
      CREATE FUNCTION campaign_eligible_may_go() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE
        removed text := (SELECT id FROM campaigns
                          WHERE id = current_setting('seonchak.removed_campaign', true) AND archive_sha256 IS NOT NULL);
      BEGIN
        IF EXISTS (SELECT FROM (SELECT DISTINCT campaign_id FROM gone) AS lists
                     JOIN campaigns ON campaigns.id = lists.campaign_id
                    WHERE campaigns.eligible_frozen_at IS NOT NULL AND campaigns.id IS DISTINCT FROM removed) THEN
          RAISE EXCEPTION 'DELETE of campaign_eligible refused: the list is frozen'
            USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
      END $$`);
    await runner.query(`
      CREATE TRIGGER campaign_eligible_list_is_open AFTER INSERT ON campaign_eligible REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION campaign_eligible_list_is_open();
      CREATE TRIGGER campaign_eligible_may_go AFTER DELETE ON campaign_eligible REFERENCING OLD TABLE AS gone
        FOR EACH STATEMENT EXECUTE FUNCTION campaign_eligible_may_go();
      CREATE TRIGGER campaign_eligible_stays BEFORE UPDATE OR TRUNCATE ON campaign_eligible
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('people are put on a list and taken off it one by one')`);
  }

  /** Campaigns with a list are for everybody afterwards: close them first. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE campaign_eligible`);
    await runner.query(`DROP FUNCTION campaign_eligible_list_is_open(), campaign_eligible_may_go()`);
    await runner.query(`
      DROP TRIGGER campaigns_frozen_list_is_final ON campaigns;
      DROP TRIGGER campaigns_eligibility_is_fixed ON campaigns`);
    await runner.query(`
      ALTER TABLE campaigns DROP CONSTRAINT campaigns_eligible_of_a_list, DROP CONSTRAINT campaigns_eligibility_known,
        DROP COLUMN eligible_frozen_at, DROP COLUMN eligible_count, DROP COLUMN eligibility`);
  }
}
