/** One statement that a promise comes down to, and whether it held. */
export interface CheckResult {
  /** `P1` … `P9`. */
  readonly promise: string;
  readonly statement: string;
  /** How many things were looked at: a check that looked at none proves nothing. */
  readonly examined: number;
  /** What contradicts it, at most `MOST_VIOLATIONS` of them. */
  readonly violations: readonly string[];
}

export interface AuditReport {
  readonly campaignId: string;
  readonly ok: boolean;
  /** Whether a gate of the campaign's epoch stood in Redis; one that is missing is rebuilt before anybody is answered. */
  readonly gate: 'checked' | 'absent' | 'retired';
  readonly counts: Readonly<Record<string, number>>;
  readonly checks: readonly CheckResult[];
}

export const MOST_VIOLATIONS = 20;
