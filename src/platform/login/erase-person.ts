import { DataSource } from 'typeorm';
import { recordAct } from '../admin/record-act.js';
import { postgresOptions } from '../postgres/postgres-options.js';
import { rows } from '../postgres/rows.js';

const ACTOR = 'erase-person';
const STATEMENT_TIMEOUT_MS = 10_000;

/** Somebody as the provider of the login knows them. */
export interface PersonToErase {
  readonly databaseUrl: string;
  /** `iss` of the provider's ID token. */
  readonly issuer: string;
  /** `sub` of the provider's ID token. */
  readonly subject: string;
  /** Why; kept in the trail, which names the person by the user id alone. */
  readonly reason: string;
}

/**
 * Erases who somebody is: the row that leads from their account at the provider to their user id. What the books hold
 * under that id stays. If the same person signs in again, they get the same id again, which is a hash (R32).
 * @returns the user id; null when nobody of this account is known
 */
export async function erasePerson({
  databaseUrl,
  issuer,
  subject,
  reason,
}: PersonToErase): Promise<string | null> {
  const source = new DataSource(
    postgresOptions({
      url: databaseUrl,
      poolSize: 1,
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
      applicationName: 'seonchak-erase-person',
    }),
  );
  await source.initialize();
  try {
    return await source.transaction(async (transaction) => {
      const [person] = await rows<{ userId: string }>(
        transaction,
        `SELECT user_id AS "userId", set_config('seonchak.erased_user', user_id::text, true)
           FROM login_users WHERE issuer = $1 AND subject = $2 FOR UPDATE`,
        [issuer, subject],
      );
      if (!person) return null;
      await transaction.query(`DELETE FROM login_users WHERE issuer = $1 AND subject = $2`, [
        issuer,
        subject,
      ]);
      const detail = { userId: person.userId };
      await recordAct(transaction, { act: 'person-erased', actor: ACTOR, campaignId: null, detail, reason });
      return person.userId;
    });
  } finally {
    await source.destroy();
  }
}
