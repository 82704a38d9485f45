/**
 * Whether the tests go as deep as the nightly does (DEEP=1). A run for every change must be short: it takes a part of
 * each large set of cases, so that each kind of case still runs (CONTRIBUTING.md#what-runs-when).
 */
export const IS_DEEP = process.env.DEEP === '1';
