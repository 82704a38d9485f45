import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Keeps the hashes by which one person's path to the root of a frozen list takes no reading of the whole list
 * (docs/adr/0062). Reads the lists that are there once, for the check; no row is rewritten, and lists that were kept
 * before, or by a release before this one, have no such hashes.
 */
export class FindPeopleInFrozenLists1764100110000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE eligible_commitments
        ADD COLUMN first_commitment TEXT COLLATE "C",
        ADD COLUMN run_roots BYTEA,
        ADD COLUMN root BYTEA,
        ADD CONSTRAINT eligible_commitments_with_all_hashes CHECK (
          num_nulls(first_commitment, run_roots, root) IN (0, 3)
          AND octet_length(root) = 32 AND octet_length(run_roots) = (octet_length(commitments) + 1023) / 1024 * 32)`);
    const comments = [
      `first_commitment IS 'the first of the part, in base64; null in rows of releases that kept no hashes'`,
      `run_roots IS 'the roots (RFC 6962) over each 32 people of the part, 32 bytes each'`,
      `root IS 'the root over the part'`,
    ];
    for (const comment of comments) await runner.query(`COMMENT ON COLUMN eligible_commitments.${comment}`);
  }

  /** People find themselves in the whole list only. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE eligible_commitments DROP CONSTRAINT eligible_commitments_with_all_hashes,
        DROP COLUMN first_commitment, DROP COLUMN run_roots, DROP COLUMN root`);
  }
}
