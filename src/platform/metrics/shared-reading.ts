/**
 * Lets several gauges share one query per scrape.
 * @param read fills all of them
 * @returns for `collect` of each: while a reading is under way, its promise
 */
export function sharedReading(read: () => Promise<void>): () => Promise<void> {
  let reading: Promise<void> | undefined;
  return () => (reading ??= read().finally(() => (reading = undefined)));
}
