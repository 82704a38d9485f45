import type { Mutant } from './mutant.js';

/** Mutants of the claim: who gets what, and which answer is given when. */
export const claimMutants: readonly Mutant[] = [
  {
    name: 'answer before COMMIT',
    breaks: 'P4',
    edits: [
      {
        file: 'src/grants/claims/claim-recorder.ts',
        find: `const written = await this.tracing.run('claims.commit', { claims: claims.length }, () =>
      this.claims.insert(campaignId, epoch, claims),
    );`,
        replace: `void this.tracing.run('claims.commit', {}, () => this.claims.insert(campaignId, epoch, claims)).catch(() => undefined);
    const terms = { amount: 1, currency: 'KRW' };
    const written = { userIds: new Set(claims.map(({ userId }) => userId)), at: new Date(), terms } as Awaited<ReturnType<ClaimStore['insert']>>;`,
      },
    ],
    tests: ['test/integration/p4-durable-answer'],
  },
  {
    name: 'a session with an outstanding answer is reused',
    breaks: 'P4 R14',
    edits: [
      {
        file: 'src/platform/postgres/steady-pool.ts',
        find: `if (!session.isAtRest || !this.trusted`,
        replace: `if (session.isSpoilt || !this.trusted`,
      },
      {
        file: 'src/platform/postgres/postgres-failure.ts',
        find: `if (!(thrown instanceof DatabaseError)) return true;`,
        replace: `if (!(thrown instanceof DatabaseError)) return false;`,
      },
    ],
    tests: ['test/integration/steady-pool', 'test/e2e/stalled-postgres'],
  },
  {
    name: 'the list is not looked at',
    breaks: 'R33',
    edits: [
      {
        file: 'src/grants/claims/claim-batch.ts',
        find: `const outcomes = gate.hasList`,
        replace: `const outcomes = !gate.campaignId`,
      },
    ],
    tests: ['test/integration/eligibility'],
  },
  {
    name: 'a list is read before it is frozen',
    breaks: 'R33',
    edits: [
      {
        file: 'src/grants/claims/eligible-lists.ts',
        find: `if (found?.isFrozen) return new Set(found.userIds);`,
        replace: `if (found) return new Set(found.userIds);`,
      },
    ],
    tests: ['test/integration/eligibility'],
  },
  {
    name: 'a list changes although the campaign has opened',
    breaks: 'R33',
    edits: [
      {
        file: 'src/campaigns/eligibility/eligible-list.ts',
        find: 'AND finished_at IS NULL AND opens_at > clock_timestamp()`',
        replace: 'AND finished_at IS NULL`',
      },
      {
        file: 'src/campaigns/eligibility/eligible-list.ts',
        find: 'WHERE id = $1 AND eligible_frozen_at IS NULL AND',
        replace: 'WHERE id = $1 AND',
      },
      {
        file: 'migrations/1764100074000-keep-eligibility-lists.ts',
        find: `WHERE campaigns.eligibility IS DISTINCT FROM 'list' OR campaigns.eligible_frozen_at IS NOT NULL)`,
        replace: `WHERE campaigns.eligibility IS DISTINCT FROM 'list')`,
      },
      {
        file: 'migrations/1764100074000-keep-eligibility-lists.ts',
        find: `FOR EACH ROW WHEN (OLD.eligible_frozen_at IS NOT NULL`,
        replace: `FOR EACH ROW WHEN (false AND OLD.eligible_frozen_at IS NOT NULL`,
      },
    ],
    tests: ['test/integration/eligibility'],
  },
  {
    name: 'sold out too early',
    breaks: 'P5 R12',
    edits: [
      {
        file: 'src/grants/claims/sold-out-check.ts',
        find: `if (places === next - upTo) {`,
        replace: `if (places <= next) {`,
      },
    ],
    tests: ['test/integration/p5-sold-out'],
  },
  {
    name: 'a refusal is not compared with Postgres',
    breaks: 'P5 P3',
    edits: [
      {
        file: 'src/grants/claims/claim-batch.ts',
        find: `if (campaign?.epoch !== gate.epoch) {`,
        replace: `if (!campaign) {`,
      },
    ],
    tests: ['test/integration/two-masters'],
  },
  {
    name: 'EVAL fallback',
    breaks: 'R4 R11',
    edits: [
      {
        file: 'src/grants/slots/slot.service.ts',
        find: `(await this.gates.runLoaded(this.claimScript,`,
        replace: `(await this.gates.runScript(this.claimScript,`,
      },
    ],
    tests: ['test/integration/rules', 'test/e2e/gate-lost'],
  },
  {
    name: 'the claim script does not check epoch and nonce',
    breaks: 'R4',
    edits: [
      {
        file: 'src/grants/slots/scripts/claim.lua',
        find: `if not IS_THERE or EPOCH_THERE ~= ARGV[3] then`,
        replace: `if not IS_THERE then`,
      },
      {
        file: 'src/grants/slots/scripts/claim.lua',
        find: `if nonce ~= ARGV[4] then`,
        replace: `if not nonce then`,
      },
    ],
    tests: ['test/integration/gate-scripts', 'test/integration/rules'],
  },
  {
    name: 'an INSERT does not check the epoch',
    breaks: 'R1',
    edits: [
      {
        file: 'src/grants/claims/claim.store.ts',
        find: `WHERE id = $1 AND epoch = $2 FOR SHARE`,
        replace: `WHERE id = $1 AND $2::bigint IS NOT NULL FOR SHARE`,
      },
      {
        file: 'src/grants/claims/grants-together.ts',
        find: `AND epoch = wanted.epoch`,
        replace: `AND wanted.epoch IS NOT NULL`,
      },
    ],
    tests: ['test/integration/rules'],
  },
  {
    name: 'grants are recorded as if nobody had ever waited',
    breaks: 'R1 R9 R26',
    edits: [
      {
        file: 'src/grants/claims/grants-together.ts',
        find: `IS NOT NULL AS has_line`,
        replace: `AND false AS has_line`,
      },
    ],
    tests: ['test/integration/rules', 'test/integration/p8-an-end', 'test/integration/leaving'],
  },
  {
    name: 'a claim overtakes the line',
    breaks: 'P3 R5',
    edits: [
      {
        file: 'src/grants/slots/scripts/claim.lua',
        find: `if WAITING == 0 then slots =`,
        replace: `if WAITING >= 0 then slots =`,
      },
    ],
    tests: ['test/integration/gate-scripts', 'test/integration/rules'],
  },
  {
    name: 'a place in the line gets no lease',
    breaks: 'R10',
    edits: [
      {
        file: 'src/grants/slots/scripts/claim.lua',
        find: `redis.call('ZADD', LINE_LEASES, unpack(line_leases))`,
        replace: `redis.call('ZREM', LINE_LEASES, unpack(line_leases))`,
      },
    ],
    tests: ['test/integration/rules', 'test/integration/gate-scripts'],
  },
  {
    name: 'the user id comes from the body',
    breaks: 'P2',
    edits: [
      {
        file: 'src/platform/identity/current-user-id.ts',
        find: `export function currentUserId({ identity: { user } }: IdentifiedRequest): string {`,
        replace: `export function currentUserId(request: IdentifiedRequest): string {
  const user = (request.body as { userId?: string } | undefined)?.userId ?? request.identity.user;`,
      },
      {
        file: 'src/grants/no-body.guard.ts',
        find: `if (body === undefined) return;`,
        replace: `if (body === undefined || body) return;`,
      },
    ],
    tests: ['test/e2e/bad-input'],
  },
  {
    name: 'no scope is asked of administrators',
    breaks: 'authorisation',
    edits: [
      {
        file: 'src/platform/identity/scope.guard.ts',
        find: `.some((enough) => request.identity.scopes.includes(enough))`,
        replace: `.some((enough) => enough !== '' || request.identity.scopes.includes(enough))`,
      },
    ],
    tests: ['test/e2e/scopes'],
  },
];
