import type { Mutant } from './mutant.js';

/** Mutants of the recovery from crashes and from the loss of a gate. */
export const recoveryMutants: readonly Mutant[] = [
  {
    name: 'the reaper frees instead of rolling forward',
    breaks: 'P4 P6',
    edits: [
      {
        file: 'src/reaper/lease-decision.ts',
        find: `return slotIsLive ? 'distrust' : 'roll-forward';`,
        replace: `return slotIsLive ? 'distrust' : 'free';`,
      },
    ],
    tests: ['test/unit/lease-decision', 'test/integration/p6-exact'],
  },
  {
    name: 'freeing a slot does not check its holder',
    breaks: 'P1 R6',
    edits: [
      {
        file: 'src/grants/slots/scripts/free.lua',
        find: `  return holder == user\nend`,
        replace: `  return holder or user\nend`,
      },
    ],
    tests: ['test/integration/gate-scripts', 'test/integration/rules'],
  },
  {
    name: 'a slot is settled for whoever is named',
    breaks: 'P6 R6',
    edits: [
      {
        file: 'src/grants/slots/scripts/settle.lua',
        find: `if holder_of(slot) == user and not claims[user] then`,
        replace: `if claim_of(user) and not claims[user] then`,
      },
    ],
    tests: ['test/integration/gate-scripts', 'test/integration/rules'],
  },
  {
    name: 'the gate’s server is not checked',
    breaks: 'R11',
    edits: [
      {
        file: 'src/grants/slots/scripts/look.lua',
        find: `local at_home = run_id ==`,
        replace: `local at_home = true or run_id ==`,
      },
      {
        file: 'src/grants/slots/scripts/claim.lua',
        find: `if run_id ~= server:match`,
        replace: `if not server:match`,
      },
    ],
    tests: ['test/integration/rules', 'test/e2e/gate-lost', 'test/e2e/outages'],
  },
  {
    name: 'half a staging copy replaces the gate',
    breaks: 'R4',
    edits: [
      {
        file: 'src/grants/slots/scripts/replace.lua',
        find: `then return -1 end`,
        replace: `then redis.call('TIME') end`,
      },
    ],
    tests: ['test/integration/rules', 'test/integration/gate-scripts'],
  },
  {
    name: 'a rebuilt gate forgets rejected users',
    breaks: 'P2 R7',
    edits: [
      {
        file: 'src/grants/slots/gate.store.ts',
        find: `FROM user_grants WHERE campaign_id = $1 AND arrival_no > $2 AND arrival_no <= $3 ORDER BY`,
        replace: `FROM user_grants WHERE campaign_id = $1 AND arrival_no > $2 AND arrival_no <= $3 AND status <> 'FAILED' ORDER BY`,
      },
    ],
    tests: ['test/integration/rules', 'test/integration/gate-scripts'],
  },
  {
    name: 'a rebuild does not give free slots to the line',
    breaks: 'P3 R5',
    edits: [
      {
        file: 'src/grants/slots/gate-rebuild.ts',
        find: `place.state === 'WAITING' ? free.takeLowest() : null;`,
        replace: `place.state === 'WAITING' && place.arrivalNo < 0 ? free.takeLowest() : null;`,
      },
    ],
    tests: ['test/integration/rules', 'test/integration/gate-scripts'],
  },
  {
    name: 'the line is ended while a payout is pending',
    breaks: 'P8 R9',
    edits: [
      {
        file: 'src/campaigns/campaign-ends.ts',
        find: `state = 'CLOSED' AND \${NOBODY_IS_PENDING} AND \${NOBODY_WAITS})`,
        replace: `state = 'CLOSED' AND (\${NOBODY_IS_PENDING} OR \${NOBODY_WAITS} OR true))`,
      },
      {
        file: 'src/reaper/campaign-end.ts',
        find: `!(state === 'CLOSED' && isQuiet)`,
        replace: `state !== 'CLOSED'`,
      },
    ],
    tests: ['test/integration/p8-an-end'],
  },
  {
    name: 'a ring is not sent for work that arrives while one is being handled',
    breaks: 'P8 R21',
    edits: [
      {
        file: 'src/worker/payout.processor.ts',
        find: `(begun ??= job.removeDeduplicationKey())`,
        replace: `(begun ??= Promise.resolve(true))`,
      },
    ],
    tests: ['test/integration/pull'],
  },
  {
    name: 'a promoted place still counts as waiting',
    breaks: 'R8',
    edits: [
      {
        file: 'migrations/1764100006000-end-campaigns.ts',
        find: `left_at FROM waiting_entries entry
       WHERE NOT EXISTS (SELECT FROM user_grants taken
                          WHERE taken.campaign_id = entry.campaign_id AND taken.user_id = entry.user_id`,
        replace: `left_at FROM waiting_entries entry
       WHERE NOT EXISTS (SELECT FROM user_grants taken
                          WHERE taken.campaign_id = entry.campaign_id AND taken.user_id = -entry.user_id`,
      },
    ],
    tests: ['test/integration/rules', 'test/integration/p8-an-end'],
  },
  {
    name: 'the ledger credits without debiting',
    breaks: 'P9',
    edits: [
      {
        file: 'src/ledger/transfer.ts',
        find: `(VALUES (due.from_account, -due.amount), (credited.to_account, due.amount))`,
        replace: `(VALUES (credited.to_account, due.amount))`,
      },
    ],
    tests: ['test/integration/p9-money'],
  },
  {
    name: 'sum-zero is asked of a statement, not of each of its transactions',
    breaks: 'P9',
    edits: [
      {
        file: 'migrations/1764100090000-sum-what-a-statement-adds.ts',
        find: `FROM added GROUP BY transaction_id HAVING`,
        replace: `FROM added HAVING`,
      },
    ],
    tests: ['test/integration/p9-money'],
  },
];
