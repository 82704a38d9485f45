import type { Mutant } from './mutant.js';

/** Mutants of payouts: their key, their doubt, their outcome. */
export const payoutMutants: readonly Mutant[] = [
  {
    name: 'a new key for each attempt',
    breaks: 'P2 P7',
    edits: [
      {
        file: 'src/payouts/by-provider/attempts.ts',
        find: `...{ campaignId, ...attempt },`,
        replace: `...{ campaignId, ...attempt, idempotencyKey: \`\${attempt.idempotencyKey}:\${attempt.fence}\` },`,
      },
    ],
    tests: ['test/e2e/provider/doubt'],
  },
  {
    name: 'a time-out frees the slot',
    breaks: 'P7',
    edits: [
      {
        file: 'src/payouts/by-provider/http-provider-adapter.ts',
        find: `return { kind: mayHaveLeft ? 'in-doubt' : 'refused', why: wordFor(error) };`,
        replace: `return { kind: 'rejected', providerReference: '', reason: mayHaveLeft ? wordFor(error) : 'refused' };`,
      },
    ],
    tests: ['test/integration/http-provider', 'test/e2e/provider/doubt'],
  },
  {
    name: '"not found" is taken for a rejection',
    breaks: 'P7 R13',
    edits: [
      {
        file: 'src/payouts/by-provider/transfer-answer.ts',
        find: `return answer.status === 404 ? { kind: 'not-found' } :`,
        replace: `return answer.status === 404 ? { kind: 'rejected', providerReference: '', reason: 'not-found' } :`,
      },
    ],
    tests: ['test/integration/http-provider', 'test/e2e/provider/doubt'],
  },
  {
    name: 'an answer is believed without its echo',
    breaks: 'P7',
    edits: [
      {
        file: 'src/payouts/by-provider/transfer-answer.ts',
        find: `if (why !== null) return { kind: 'in-doubt', why };`,
        replace: `if (why === '') return { kind: 'in-doubt', why };`,
      },
    ],
    tests: ['test/unit/transfer-answer', 'test/integration/http-provider'],
  },
  {
    name: 'a payout is sent again after the provider forgot its key',
    breaks: 'P2 P7',
    edits: [
      {
        file: 'src/payouts/by-provider/provider-payouts.ts',
        find: `if (performance.now() >= attempt.sendBefore) return`,
        replace: `if (performance.now() < 0) return`,
      },
    ],
    tests: ['test/e2e/provider'],
  },
  {
    name: 'a payout that the books refuse holds up those answered with it',
    breaks: 'P8',
    edits: [
      {
        file: 'src/payouts/by-provider/provider-payouts.ts',
        find: `settlements).catch(() => settlements.map(() => false));`,
        replace: `settlements);`,
      },
    ],
    tests: ['test/e2e/provider/recorded-together'],
  },
  {
    name: 'a request that never left counts as in doubt',
    breaks: 'R23',
    edits: [
      {
        file: 'src/payouts/by-provider/provider-call.ts',
        find: `end({ error, mayHaveLeft: started !== undefined });`,
        replace: `end({ error, mayHaveLeft: true });`,
      },
    ],
    tests: ['test/integration/provider-call', 'test/e2e/provider/refused'],
  },
  {
    name: 'putting a payout back clears an earlier doubt',
    breaks: 'R23 P7',
    edits: [
      {
        file: 'src/payouts/by-provider/attempts.ts',
        find: `SET state = CASE WHEN first_sent_at = updated_at THEN 'DUE'`,
        replace: `SET state = CASE WHEN first_sent_at IS NOT NULL THEN 'DUE'`,
      },
    ],
    tests: ['test/e2e/provider/refused'],
  },
  {
    name: 'payouts are taken while they are stopped',
    breaks: 'R24',
    edits: [
      {
        file: 'src/payouts/payout-stops.ts',
        find: `IN (\${campaign}, '\${ALL_CAMPAIGNS}')`,
        replace: `IN (\${campaign}, '\${ALL_CAMPAIGNS}') AND false`,
      },
    ],
    tests: ['test/e2e/provider/stopped'],
  },
  {
    name: 'nothing is looked up after a set-back',
    breaks: 'R22 P2',
    edits: [
      {
        file: 'src/payouts/by-provider/attempts.ts',
        find: `attempts > 1 OR EXISTS (SELECT FROM lost) AS`,
        replace: `attempts > 1 AS`,
      },
    ],
    tests: ['test/e2e/provider/set-back'],
  },
  {
    name: 'the time of a set-back tells which campaigns are older',
    breaks: 'R22 P2',
    edits: [
      {
        file: 'src/grants/slots/installation.ts',
        find: 'campaigns.installation_id IS DISTINCT FROM installation.id',
        replace: 'campaigns.created_at < installation.set_back_at',
      },
    ],
    tests: ['test/e2e/provider/set-back', 'test/integration/campaign-deletion'],
  },
  {
    name: 'a second set-back hides what the first may have lost',
    breaks: 'R22 P2',
    edits: [
      {
        file: 'src/payouts/lost-payouts.ts',
        find: 'SELECT min(lost_since) FROM set_backs',
        replace: 'SELECT max(lost_since) FROM set_backs',
      },
    ],
    tests: ['test/e2e/provider/set-back'],
  },
  {
    name: 'a campaign that a provider may have paid before a set-back is given to the ledger',
    breaks: 'R22 P2',
    edits: [
      {
        file: 'src/payouts/lost-payouts.ts',
        find: 'WHERE installation.provider_since IS NOT NULL',
        replace: 'WHERE false',
      },
    ],
    tests: ['test/e2e/provider/set-back'],
  },
  {
    name: 'a campaign that cannot pay keeps those unpaid that share its transaction',
    breaks: 'P8',
    edits: [
      {
        file: 'src/payouts/by-ledger/payouts-together.ts',
        find: `if (isPostgresFailure(error) && !isAboutLocks(error)) throw error;`,
        replace: `if (!isPostgresFailure(error) || isAboutLocks(error)) throw error;`,
      },
    ],
    tests: ['test/integration/payouts-together'],
  },
  {
    name: 'each worker pays by its own default, whatever the campaign names',
    breaks: 'R30',
    edits: [
      {
        file: 'src/payouts/campaign-provider.ts',
        find: `campaignIds.map((id) => providers.get(id) ?? null)`,
        replace: `campaignIds.map((id) => (providers.get(id) ? this.environment.PAYOUT_PROVIDER : null))`,
      },
      {
        file: 'src/payouts/by-ledger/pending-grants.ts',
        find: `AND campaigns.payout_provider = 'ledger' AND`,
        replace: `AND`,
      },
    ],
    tests: ['test/e2e/provider/two-kinds'],
  },
  {
    name: 'a provider pays a closed wallet',
    breaks: 'P7',
    edits: [
      {
        file: 'src/payouts/by-provider/provider-payouts.ts',
        find: `if (attempt.isWalletClosed) return { kind: 'wallet-closed' };`,
        replace: ``,
      },
    ],
    tests: ['test/e2e/provider/two-kinds'],
  },
  {
    name: 'a payout that operators send again is not looked up first',
    breaks: 'P2',
    edits: [
      {
        file: 'src/payouts/operators/bulk-decisions.ts',
        find: `UPDATE payouts SET state = 'DUE', fence = fence + 1,`,
        replace: `UPDATE payouts SET state = 'DUE', attempts = 0, fence = fence + 1,`,
      },
    ],
    tests: ['test/e2e/provider/bulk-decisions'],
  },
  {
    name: 'a webhook is believed without its signature',
    breaks: 'P7',
    edits: [
      {
        file: 'src/payouts/webhooks-in/webhook-signature.ts',
        find: `return fits ? { id, timestamp: Number(timestamp) } : null;`,
        replace: `return fits || rawBody.length > 0 ? { id, timestamp: Number(timestamp) } : null;`,
      },
    ],
    tests: ['test/e2e/provider'],
  },
  {
    name: 'the gate is not told which payout came back',
    breaks: 'P6',
    edits: [
      {
        file: 'src/grants/slots/scripts/free.lua',
        find: `if was_paid or is_held_by(slot, user) then`,
        replace: `if is_held_by(slot, user) then`,
      },
    ],
    tests: ['test/e2e/provider', 'test/integration/gate-scripts'],
  },
];
