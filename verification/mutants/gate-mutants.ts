import type { Mutant } from './mutant.js';

/** Mutants of a gate's identity and owner, its losses, and its replacement. */
export const gateMutants: readonly Mutant[] = [
  {
    name: 'a gate that was built from another database is accepted',
    breaks: 'R15',
    edits: [
      {
        file: 'src/grants/slots/scripts/layout.lua',
        find: `and IDENTITY_THERE == ARGV[1] and PARTS`,
        replace: `and PARTS`,
      },
      {
        file: 'src/grants/slots/scripts/look.lua',
        find: `IDENTITY_THERE == ARGV[1] and 1 or 0`,
        replace: `1`,
      },
    ],
    tests: ['test/integration/set-back', 'test/integration/one-owner'],
  },
  {
    name: 'rounds are not compared',
    breaks: 'R16',
    edits: [
      {
        file: 'src/grants/slots/installation.ts',
        find: `AND known.round < $2::bigint`,
        replace: `AND known.round < 0 * $2::bigint`,
      },
    ],
    tests: ['test/integration/set-back'],
  },
  {
    name: 'a snapshot that is restored a second time passes for the present data',
    breaks: 'R16',
    edits: [
      {
        file: 'src/grants/slots/installation.ts',
        find: 'AND NOT is_set_back_kept(${NOTED_ID})',
        replace: 'AND false',
      },
    ],
    tests: ['test/integration/set-back'],
  },
  {
    name: 'an installation takes the gates of another that is running',
    breaks: 'R17',
    edits: [
      {
        file: 'src/grants/slots/scripts/own.lua',
        find: `if owner ~= '' and latest > 0 then`,
        replace: `if owner ~= '' and latest < 0 then`,
      },
    ],
    tests: ['test/integration/one-owner'],
  },
  {
    name: 'the places that were given out are not counted',
    breaks: 'R18',
    edits: [
      {
        file: 'src/reaper/durable-places.ts',
        find: `if (!isRebuilt && found !== upTo - from)`,
        replace: `if (!isRebuilt && found > upTo - from)`,
      },
    ],
    tests: ['test/integration/set-back'],
  },
  {
    name: 'a gate’s counts are not compared with its contents',
    breaks: 'R19',
    edits: [
      {
        file: 'src/grants/slots/scripts/layout.lua',
        find: `  if redis.call('HLEN', FACTS) ~= FIELDS then differs`,
        replace: `  if CAPACITY then return true\n  elseif redis.call('HLEN', FACTS) ~= FIELDS then differs`,
      },
    ],
    tests: ['test/integration/lost-parts'],
  },
  {
    name: 'the old gate is kept while the next is staged',
    breaks: 'R20',
    edits: [
      {
        file: 'src/grants/slots/gate-rebuild.ts',
        find: `    await this.drop(campaignId, epoch);`,
        replace: `    if (epoch === '') await this.drop(campaignId, epoch);`,
      },
    ],
    tests: ['test/integration/redis-full'],
  },
  {
    name: 'a lease from before a clock step is waited for',
    breaks: 'R27',
    edits: [
      {
        file: 'src/grants/slots/scripts/expired.lua',
        find: `'(' .. now + 2 * lease, '+inf'`,
        replace: `'+inf', '+inf'`,
      },
    ],
    tests: ['test/integration/clock-steps'],
  },
  {
    name: 'a campaign closes by the clock of Redis alone',
    breaks: 'R27',
    edits: [
      {
        file: 'src/grants/slots/scripts/claim.lua',
        find: `(closes_here and is_over == '1')`,
        replace: `closes_here`,
      },
    ],
    tests: ['test/integration/clock-steps'],
  },
];
