import { Client, type QueryResultRow } from 'pg';

/** A place in the order, as Postgres holds it. */
export interface BookedPlace {
  readonly userId: string;
  readonly arrivalNo: number;
  readonly createdAtEpochMs: number;
  /** Null for who only ever was in the line. */
  readonly grantSeq: number | null;
  readonly status: 'PENDING' | 'SUCCESS' | 'FAILED' | 'WAITING' | 'ENDED';
  /** The number that the line has for this user; null for who never was in it. */
  readonly lineArrivalNo: number | null;
  readonly walletIsClosed: boolean;
}

/** What Postgres holds of a campaign, at one instant. */
export interface Books {
  readonly capacity: number;
  readonly waitingCapacity: number;
  /** In order of arrival. */
  readonly places: readonly BookedPlace[];
  /** When the last SUCCESS was set, by Postgres' clock; null when nobody is paid. */
  readonly lastPaidAtEpochMs: number | null;
}

const clockLooks = 5;

const placesSql = `
  SELECT COALESCE(g.user_id, w.user_id)::text AS "userId",
         COALESCE(g.arrival_no, w.arrival_no)::float8 AS "arrivalNo",
         round(extract(epoch FROM COALESCE(g.created_at, w.created_at)) * 1000)::float8 AS "createdAtEpochMs",
         g.grant_seq AS "grantSeq",
         COALESCE(g.status, CASE WHEN w.ended_at IS NULL THEN 'WAITING' ELSE 'ENDED' END) AS status,
         w.arrival_no::float8 AS "lineArrivalNo",
         wallet.closed_at IS NOT NULL AS "walletIsClosed"
    FROM (SELECT * FROM user_grants WHERE campaign_id = $1) AS g
    FULL JOIN (SELECT * FROM waiting_entries WHERE campaign_id = $1) AS w USING (campaign_id, user_id)
    JOIN campaigns ON campaigns.id = $1
    LEFT JOIN ledger_accounts wallet
      ON wallet.kind = 'WALLET' AND wallet.currency = campaigns.currency
     AND wallet.user_id = COALESCE(g.user_id, w.user_id)
   ORDER BY 2`;

const campaignSql = `
  SELECT capacity, waiting_capacity AS "waitingCapacity",
         (SELECT extract(epoch FROM max(updated_at)) * 1000 FROM user_grants
           WHERE campaign_id = $1 AND status = 'SUCCESS')::float8 AS "lastPaidAtEpochMs"
    FROM campaigns WHERE id = $1`;

/** Looks into Postgres behind the service's back. */
export class CampaignBooks {
  constructor(private readonly databaseUrl: string) {}

  /**
   * By how much Postgres' clock is ahead of ours, in ms: 0 on one machine but for the measurement's error, which is at
   * most the shortest of a few round trips.
   */
  clockLeadMs(): Promise<number> {
    return this.withClient(async (query) => {
      let best = { roundTripMs: Infinity, leadMs: 0 };
      for (let look = 0; look < clockLooks; look++) {
        const before = Date.now();
        const [clock] = await query<{ now: number }>(
          'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now',
        );
        const after = Date.now();
        const leadMs = (clock?.now ?? 0) - (before + after) / 2;
        if (after - before < best.roundTripMs) best = { roundTripMs: after - before, leadMs };
      }
      return best.leadMs;
    });
  }

  read(campaignId: string): Promise<Books> {
    return this.withClient(async (query) => {
      await query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      const [campaign] = await query<Omit<Books, 'places'>>(campaignSql, [campaignId]);
      if (!campaign) throw new Error(`There is no campaign ${campaignId} in Postgres.`);
      return { ...campaign, places: await query<BookedPlace>(placesSql, [campaignId]) };
    });
  }

  private async withClient<T>(
    work: (
      query: <Row extends QueryResultRow>(sql: string, values?: string[]) => Promise<Row[]>,
    ) => Promise<T>,
  ): Promise<T> {
    const client = new Client({ connectionString: this.databaseUrl, application_name: 'seonchak-rush' });
    client.on('error', () => undefined); // the query that fails says it
    await client.connect();
    try {
      return await work(
        async <Row extends QueryResultRow>(sql: string, values?: string[]) =>
          (await client.query<Row>(sql, values)).rows,
      );
    } finally {
      await client.end();
    }
  }
}
