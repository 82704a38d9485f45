import type { Mutant } from './mutant.js';

/** Mutants of the log of a fair order: a verifier that leaves out a rule, a writer that could tell two histories. */
export const proofMutants: readonly Mutant[] = [
  {
    name: 'the verifier lets newcomers overtake the line',
    breaks: 'the proof of P3',
    edits: [
      {
        file: 'verification/verifier/replay/order-rules.ts',
        find: `if (first !== null) findings.violations.add('nobody-overtakes'`,
        replace: `if (first !== null && first < 0) findings.violations.add('nobody-overtakes'`,
      },
    ],
    tests: ['test/unit/verifier/log-mutants'],
  },
  {
    name: 'the verifier lets anybody in the line be promoted',
    breaks: 'the proof of P3',
    edits: [
      {
        file: 'verification/verifier/replay/outcome-rules.ts',
        find: `if (first !== null && state.people.arrivalNo(first) < arrivalNo)`,
        replace: `if (first !== null && state.people.arrivalNo(first) < Math.min(0, arrivalNo))`,
      },
    ],
    tests: ['test/unit/verifier/log-mutants'],
  },
  {
    name: 'the verifier does not ask whether a slot is free',
    breaks: 'the proof of P1',
    edits: [
      {
        file: 'verification/verifier/replay/order-rules.ts',
        find: `  if (holder !== null) violations.add('slot-is-free'`,
        replace: `  if (holder !== null && holder < 0) violations.add('slot-is-free'`,
      },
    ],
    tests: ['test/unit/verifier/log-mutants'],
  },
  {
    name: 'the verifier lets a person claim twice',
    breaks: 'the proof of P2',
    edits: [
      {
        file: 'verification/verifier/replay/order-rules.ts',
        find: `if (earlier !== null && people.statusOf(earlier) !== 'restored')`,
        replace: `if (earlier !== null && earlier < 0 && people.statusOf(earlier) !== 'restored')`,
      },
    ],
    tests: ['test/unit/verifier/log-mutants'],
  },
  {
    name: 'the verifier does not compare the tree with the checkpoint',
    breaks: 'the proof that nothing was edited',
    edits: [
      {
        file: 'verification/verifier/log/log-check.ts',
        find: `else if (!equalBytes(this.edge.root(), root))`,
        replace: `else if (!equalBytes(this.edge.root(), this.edge.root()) && root.length > 0)`,
      },
    ],
    tests: ['test/unit/verifier/log-mutants'],
  },
  {
    name: 'the verifier is silent about what was taken back',
    breaks: 'the proof of P4',
    edits: [
      {
        file: 'verification/verifier/replay/campaign-rules.ts',
        find: `  violations.add('broken-promise', [named(logged)], null, from > to ? null : `,
        replace: `  if (to < 0) violations.add('broken-promise', [named(logged)], null, from > to ? null : `,
      },
    ],
    tests: ['test/unit/verifier/restored', 'test/unit/verifier/log-mutants'],
  },
  {
    name: 'the verifier keeps a pause that was taken back',
    breaks: 'the verdict after a restore',
    edits: [
      {
        file: 'verification/verifier/replay/campaign-rules.ts',
        find: `state.epochs, state.changes]) told`,
        replace: `state.epochs]) told`,
      },
    ],
    tests: ['test/unit/verifier/restored'],
  },
  {
    name: 'a restored log does not say again what held',
    breaks: 'one history',
    edits: [
      {
        file: 'src/transparency/restoring/taken-back.ts',
        find: `if (takenBackFrom(placed) >= this.from) this.kept.push(placed);`,
        replace: `if (takenBackFrom(placed) > this.from) this.kept.push(placed);`,
      },
    ],
    tests: ['test/unit/transparency/restoring'],
  },
  {
    name: 'a log is signed although the database was set back',
    breaks: 'one history',
    edits: [
      {
        file: 'src/transparency/log/checkpointer.ts',
        find: `  if (checkpoint.size > size)\n    throw`,
        replace: `  if (checkpoint.size > size) return;\n  if (checkpoint.size > size)\n    throw`,
      },
    ],
    tests: ['test/integration/log.test'],
  },
  {
    name: 'a copy is believed without its root',
    breaks: 'one history',
    edits: [
      {
        file: 'src/transparency/restoring/restore-log.ts',
        find: `      if (!equalBytes(writer.root, signed.root))\n`,
        replace: `      if (!equalBytes(writer.root, writer.root))\n`,
      },
    ],
    tests: ['test/integration/log-restored'],
  },
  {
    name: 'a restored log keeps an outcome that the rows deny',
    breaks: 'the verdict after a restore',
    edits: [
      {
        file: 'src/transparency/restoring/borne-out.ts',
        find: `      case 'revoked':\n        return isSameOutcome(leaf, outcomes.get(leaf));`,
        replace: `      case 'revoked':\n        return outcomes.has(leaf);`,
      },
    ],
    tests: ['test/integration/log-restored-partly'],
  },
  {
    name: 'a log goes on in a cluster whose feed can not be read on',
    breaks: 'the proof that nothing is left out',
    edits: [
      {
        file: 'src/transparency/restoring/check-feed.ts',
        find: `xid > pg_snapshot_xmax(pg_current_snapshot())`,
        replace: `xid < '0'::xid8`,
      },
    ],
    tests: ['test/integration/log-restored-partly'],
  },
  {
    name: 'a person is given the proof of somebody else',
    breaks: 'the proof of P2',
    edits: [
      {
        file: 'src/transparency/inclusion/own-leaves.ts',
        find: `!isClaim(claim.line, who)`,
        replace: `!isClaim(claim.line, who === '' ? who : undefined)`,
      },
    ],
    tests: ['test/unit/transparency/inclusion'],
  },
];
