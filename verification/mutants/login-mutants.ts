import type { Mutant } from './mutant.js';

/** Mutants of logins: whose a request is, and where it comes from. */
export const loginMutants: readonly Mutant[] = [
  {
    name: 'a cookie counts for requests of other sites',
    breaks: 'R31',
    edits: [
      {
        file: 'src/platform/sessions/own-site.ts',
        find: "throw new Problem(403, 'cross-site');",
        replace: 'void Problem;',
      },
    ],
    tests: ['test/e2e/login', 'test/e2e/console-login'],
  },
  {
    name: 'what was sealed for a login is taken for a session',
    breaks: 'R31',
    edits: [
      {
        file: 'src/platform/sessions/seal.ts',
        find: '`seonchak: ${purpose}`',
        replace: '`seonchak: ${purpose.length > 0}`',
      },
    ],
    tests: ['test/unit/seal'],
  },
  {
    name: 'a provider may name a user id that was made here',
    breaks: 'R32 P2',
    edits: [
      {
        file: 'src/platform/login/user-ids.ts',
        find: 'if (isUserId(named) && BigInt(named) < FIRST) return named;',
        replace: 'if (isUserId(named)) return named;',
      },
    ],
    tests: ['test/e2e/login'],
  },
  {
    name: 'a logout leaves the session of an operator',
    breaks: 'what docs/login.md says of sessions',
    edits: [
      {
        file: 'src/platform/sessions/operator-session.controller.ts',
        find: 'await this.sessions.end(request);',
        replace: '',
      },
    ],
    tests: ['test/e2e/console-login'],
  },
  {
    name: 'a group that stands for nothing gives every scope',
    breaks: 'what docs/login.md says of scopes',
    edits: [
      {
        file: 'src/platform/login/operator-scopes.ts',
        find: 'scopes.get(value) ?? []',
        replace: "scopes.get(value) ?? ['grants:admin' as const]",
      },
    ],
    tests: ['test/e2e/console-login'],
  },
];
