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
        find: 'if (isUserId(named) && !isMadeId(named)) return named;',
        replace: 'if (isUserId(named) && (isMadeId(named) || true)) return named;',
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
  {
    name: 'a token of a partner is verified with whichever key fits',
    breaks: 'R34',
    edits: [
      {
        file: 'src/platform/identity/key-set-tokens.ts',
        find: 'const options = { ...expected,',
        replace: 'const options = { ...(expected && {}),',
      },
      {
        file: 'src/platform/identity/token-issuers.ts',
        find: 'this.partners.get(issuerIn(token)) ?? this.own',
        replace: '(issuerIn(token) && [...this.partners.values()].at(-1)) || this.own',
      },
    ],
    tests: ['test/e2e/issuers'],
  },
  {
    name: 'a partner claims in every campaign',
    breaks: 'R34',
    edits: [
      {
        file: 'src/platform/sessions/claimant.guard.ts',
        find: 'if (!isAdmittedTo(request.params.id))',
        replace: 'if (!isAdmittedTo(request.params.id) && Number.isNaN(0))',
      },
    ],
    tests: ['test/e2e/issuers'],
  },
  {
    name: 'a partner grants every scope',
    breaks: 'R34',
    edits: [
      {
        file: 'src/platform/identity/partner-issuer.ts',
        find: 'scopesIn(claims).filter(mayGrant)',
        replace: 'scopesIn(claims).filter((scope) => mayGrant(scope) || true)',
      },
    ],
    tests: ['test/e2e/issuers'],
  },
  {
    name: 'people of two partners who have the same subject are one user',
    breaks: 'R34 P2',
    edits: [
      {
        file: 'src/platform/sessions/claimant.guard.ts',
        find: 'this.madeIds.of(issuer, subject)',
        replace: 'this.madeIds.of(issuer.slice(0, 0), subject)',
      },
    ],
    tests: ['test/e2e/issuers'],
  },
  {
    name: 'our own issuer names a person of a partner',
    breaks: 'R34',
    edits: [
      {
        file: 'src/platform/identity/own-issuer.ts',
        find: 'JWT_ISSUERS === undefined ||',
        replace: 'JWT_ISSUERS !== null ||',
      },
    ],
    tests: ['test/e2e/issuers'],
  },
  {
    name: 'an operator of a partner has the name of one of ours in the trail',
    breaks: 'R34',
    edits: [
      {
        file: 'src/platform/identity/partner-issuer.ts',
        find: 'withIssuer(sub, issuer)',
        replace: 'withIssuer(sub, issuer).slice(0, sub.length)',
      },
    ],
    tests: ['test/e2e/issuers'],
  },
];
