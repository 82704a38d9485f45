/** The length of a step of a campaign's series. */
export const SERIES_STEP_MS = 10_000;
