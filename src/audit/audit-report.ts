/** One statement that a promise implies, and whether it held. */
export interface CheckResult {
  /** `P1` … `P9`. */
  readonly promise: string;
  readonly statement: string;
  /** How many items were examined: a check that examined none proves nothing. */
  readonly examined: number;
  /** What contradicts the statement, at most `MOST_VIOLATIONS` items. */
  readonly violations: readonly string[];
}

export interface AuditReport {
  readonly campaignId: string;
  readonly ok: boolean;
  /** Whether Redis held a gate of the campaign's epoch; a missing gate is rebuilt before it answers anybody. */
  readonly gate: 'checked' | 'absent' | 'retired';
  readonly counts: Readonly<Record<string, number>>;
  readonly checks: readonly CheckResult[];
}

export const MOST_VIOLATIONS = 20;
