export const CAMPAIGN_STATES = ['OPEN', 'PAUSED', 'CLOSED'] as const;

/** OPEN takes claims between opensAt and closesAt, PAUSED takes none for now, CLOSED takes none ever again. */
export type CampaignState = (typeof CAMPAIGN_STATES)[number];

export const SHOWN_STATES = ['SCHEDULED', ...CAMPAIGN_STATES] as const;

/** What a campaign is at this moment: its stored state and its times together. SCHEDULED: it opens at opensAt. */
export type ShownState = (typeof SHOWN_STATES)[number];

/**
 * The one rule by which a state is shown, as SQL: by Postgres' clock, in the order in which the gate refuses claims.
 * The stored state becomes CLOSED only when the reaper has closed the campaign (R27).
 * @param campaign what the statement calls the row of `campaigns`
 * @param now the time, in SQL: `clock_timestamp()` in a transaction that may have waited since it began
 */
export function shownState(campaign: string, now = 'now()'): string {
  return `CASE WHEN ${campaign}.state = 'CLOSED' OR ${campaign}.closes_at <= ${now} THEN 'CLOSED'
               WHEN ${campaign}.state = 'PAUSED' THEN 'PAUSED'
               WHEN ${campaign}.opens_at > ${now} THEN 'SCHEDULED'
               ELSE 'OPEN' END`;
}

const NOT_OVER: readonly ShownState[] = ['SCHEDULED', 'OPEN', 'PAUSED'];

/**
 * The states in which a campaign may change to `next` or, without it, change its name or its times. Whoever was told
 * CLOSED is told the truth: a campaign whose closing time has passed is not opened again. Asking for the current state
 * changes nothing and is no error.
 */
export function statesThatAllow(next: CampaignState | undefined): readonly ShownState[] {
  return next === 'CLOSED' ? SHOWN_STATES : NOT_OVER;
}
