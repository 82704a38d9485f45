/**
 * Names the pool for reads that no slot and no money waits for: status reads, public pages, operators' reports,
 * metrics. However many of those there are, claims and payouts have the other pool to themselves. Inject it by
 * `@InjectDataSource(READS)`.
 */
export const READS = 'reads';
