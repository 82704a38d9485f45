import type { Mutant } from './mutant.js';

/** Mutants of a campaign's end, of leaving the line, and of revocations. */
export const endMutants: readonly Mutant[] = [
  {
    name: 'a place that becomes a grant is not locked',
    breaks: 'R26 P8',
    edits: [
      {
        file: 'src/grants/claims/claim.store.ts',
        find: 'OFFSET 0 FOR UPDATE) AS held',
        replace: 'OFFSET 0) AS held',
      },
    ],
    tests: ['test/integration/leaving'],
  },
  {
    name: 'a user who leaves before their place is durable is unknown',
    breaks: 'R25 P2',
    edits: [
      {
        file: 'src/grants/claims/leaving.ts',
        find: 'if (!record && !held) throw noClaim(noClaimIn(found));',
        replace: 'if (!record) throw noClaim(noClaimIn(found));',
      },
    ],
    tests: ['test/integration/leaving'],
  },
  {
    name: 'a user leaves while their promotion is being recorded',
    breaks: 'R25 P1',
    edits: [
      {
        file: 'src/grants/claims/leaving.ts',
        find: `held && record && held.state !== 'PROCESSING'`,
        replace: 'held && record',
      },
    ],
    tests: ['test/integration/leaving'],
  },
  {
    name: 'the gate is never told who left while it was unavailable',
    breaks: 'R25 P8',
    edits: [
      {
        file: 'src/reaper/departures.ts',
        find: 'AND left_at IS NOT NULL AND gate_told_at IS NULL LIMIT $2',
        replace: 'AND left_at IS NOT NULL AND gate_told_at IS NULL AND false LIMIT $2',
      },
    ],
    tests: ['test/integration/leaving'],
  },
  {
    name: 'a grant is revoked although its payout was sent',
    breaks: 'R25 P7',
    edits: [
      {
        file: 'src/payouts/operators/revocations.ts',
        find: `AND payouts.state = 'DUE' AND payouts.attempts = 0 AND payouts.first_sent_at IS NULL`,
        replace: `AND payouts.state NOT IN ('SETTLED', 'REJECTED', 'REVERSED', 'REVOKED')`,
      },
    ],
    tests: ['test/e2e/provider/ends'],
  },
  {
    name: 'the gate hears that a campaign is sealed after its line was told',
    breaks: 'R9',
    edits: [
      {
        file: 'src/reaper/campaign-end.ts',
        find: 'await this.keeper.tellTerms(campaign.id);',
        replace: '',
      },
    ],
    tests: ['test/integration/finished-campaigns'],
  },
  {
    name: 'a campaign is finished while payouts are pending',
    breaks: 'R29 P8',
    edits: [
      {
        file: 'src/campaigns/campaign-ends.ts',
        find: '${LONG_AT_REST} AND ${NOBODY_IS_PENDING} AND ${NOBODY_WAITS}',
        replace: '${LONG_AT_REST} AND (${NOBODY_IS_PENDING} OR ${NOBODY_WAITS} OR true)',
      },
      {
        file: 'src/campaigns/campaign-ends.ts',
        find: `state = 'CLOSED' AND \${NOBODY_IS_PENDING} AND \${NOBODY_WAITS})`,
        replace: `state = 'CLOSED' AND (\${NOBODY_IS_PENDING} OR \${NOBODY_WAITS} OR true))`,
      },
      {
        file: 'src/reaper/campaign-end.ts',
        find: 'const isQuiet = counts.processing === 0 && counts.waiting === 0;',
        replace: 'const isQuiet = true;',
      },
    ],
    tests: ['test/integration/finished-campaigns'],
  },
  {
    name: 'finishing does not increment the epoch',
    breaks: 'R29 R1',
    edits: [
      {
        file: 'src/campaigns/campaign-ends.ts',
        find: 'epoch = epoch + 1, updated_at = now()',
        replace: 'updated_at = now()',
      },
    ],
    tests: ['test/integration/finished-campaigns'],
  },
  {
    name: 'a campaign is deleted although somebody has claimed it',
    breaks: 'P4',
    edits: [
      {
        file: 'src/campaigns/campaign-deletion.ts',
        find: '       AND NOT EXISTS (SELECT FROM user_grants WHERE campaign_id = campaigns.id)\n',
        replace: '',
      },
    ],
    tests: ['test/integration/campaign-deletion'],
  },
  {
    name: 'deleting does not increment the epoch',
    breaks: 'R29 R1',
    edits: [
      {
        file: 'src/campaigns/campaign-deletion.ts',
        find: 'epoch = epoch + 1, ',
        replace: '',
      },
    ],
    tests: ['test/integration/campaign-deletion'],
  },
  {
    name: 'a gate is built for a finished campaign',
    breaks: 'R29',
    edits: [
      {
        file: 'src/grants/slots/gate-keeper.ts',
        find: 'if (!facts || facts.isFinished) return null;',
        replace: 'if (!facts) return null;',
      },
      {
        file: 'src/grants/slots/gate.store.ts',
        find: 'WHERE id = $1 AND finished_at IS NULL RETURNING epoch',
        replace: 'WHERE id = $1 RETURNING epoch',
      },
    ],
    tests: ['test/integration/finished-campaigns'],
  },
  {
    name: 'money that comes back after the end stays with the campaign',
    breaks: 'R28 P9',
    edits: [
      {
        file: 'src/payouts/payout-ending.ts',
        find: 'if (campaign?.isFinished) await returnBudget(transaction, campaignId, first.idempotencyKey);',
        replace:
          'if (campaign?.isFinished && keys.length === 0) await returnBudget(transaction, campaignId, first.idempotencyKey);',
      },
    ],
    tests: ['test/e2e/provider/ends'],
  },
  {
    name: 'removing a campaign loses its wallets’ entries',
    breaks: 'P9',
    edits: [
      {
        file: 'src/campaigns/archive/remove-campaign.ts',
        find: 'await rows(transaction, CARRY_FORWARD, [ledgerKeys, `carry:${campaignId}:${first}`]);',
        replace: 'await rows(transaction, CARRY_FORWARD, [[], `carry:${campaignId}:${first}`]);',
      },
    ],
    tests: ['test/integration/retention'],
  },
];
