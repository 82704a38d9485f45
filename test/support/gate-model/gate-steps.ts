import fc from 'fast-check';

const USERS = 14;

/** Slots are given as positions, taken modulo the capacity. `holder` means the user who holds that slot, if any. */
export type Who = { readonly holder: true } | { readonly user: number };

/** Ways in which Redis loses its memory, or comes back with an old one. */
export const LOSSES = [
  'flush', // FLUSHALL: the data goes, scripts stay
  'flush-scripts', // SCRIPT FLUSH: scripts go, the data stays
  'restart-empty', // both go
  'restart', // the data is complete, but nobody can know that
  'restore-old', // a restart with the data of the last `snapshot`
  'promote-stale', // a replica that heard nothing since the last `snapshot` becomes the primary
  'lead-again', // the same data on the server that built the gate: it followed such a replica for a while
] as const;
export type Loss = (typeof LOSSES)[number];

export type Step =
  | { readonly op: 'claim'; readonly users: readonly number[] }
  | {
      readonly op: 'settle' | 'free';
      readonly pairs: readonly { readonly slot: number; readonly who: Who }[];
    }
  | { readonly op: 'reclaim' | 'expire' | 'forget-holder' | 'renew'; readonly slot: number }
  | { readonly op: 'conclude'; readonly slot: number; readonly status: 'SUCCESS' | 'FAILED' }
  | { readonly op: 'announce'; readonly news: number; readonly state: 'OPEN' | 'PAUSED' | 'CLOSED' }
  | { readonly op: 'confirm' | 'end-line'; readonly users: readonly number[] }
  | { readonly op: 'record' | 'jump' | 'snapshot' | 'rebuild' }
  | { readonly op: 'lose'; readonly loss: Loss };

const user = fc.integer({ min: 1, max: USERS });
const slot = fc.nat({ max: 20 });
const who = fc.oneof({ weight: 4, arbitrary: fc.constant({ holder: true } as const) }, fc.record({ user }));
const pairs = fc.array(fc.record({ slot, who }), { minLength: 1, maxLength: 4 });
const someUsers = fc.array(user, { minLength: 1, maxLength: 6 });

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ op: fc.constant('claim' as const), users: someUsers }) },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('free' as const), pairs }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('settle' as const), pairs }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constantFrom('reclaim', 'forget-holder'), slot }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constantFrom('expire', 'renew'), slot }) },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constant('conclude' as const),
      slot,
      status: fc.constantFrom('SUCCESS', 'FAILED'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      op: fc.constant('announce' as const),
      news: fc.integer({ min: -1, max: 2 }),
      state: fc.constantFrom('OPEN', 'OPEN', 'PAUSED', 'CLOSED'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constantFrom('confirm', 'end-line'), users: someUsers }) },
  { weight: 4, arbitrary: fc.record({ op: fc.constantFrom('record', 'record', 'jump', 'snapshot') }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('rebuild' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({ op: fc.constant('lose' as const), loss: fc.constantFrom(...LOSSES) }),
  },
);

export const anyRun = fc.record({
  capacity: fc.integer({ min: 1, max: 6 }),
  waitingCapacity: fc.integer({ min: 0, max: 4 }),
  steps: fc.array(anyStep, { minLength: 1, maxLength: 20, size: 'max' }),
});
