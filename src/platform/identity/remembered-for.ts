/** How long a verified token is remembered, in ms. */
export const REMEMBERED_FOR_MS = 600_000;

/** With a key set, no longer than its keys are current: withdrawing a key withdraws its tokens. */
export function rememberedForMs(refreshMs: number): number {
  return Math.min(REMEMBERED_FOR_MS, refreshMs);
}
