/**
 * The fields of each kind of leaf, in their order (docs/transparency.md). A type ends with `?` where `-` stands for
 * none. `number` is 1 or more, `count` 0 or more; times are counts of ms since 1970.
 */
export const FIELDS = {
  log: { receiptKey: 'key', promiseDelayMs: 'number', atMs: 'count' },
  terms: {
    campaign: 'campaign',
    capacity: 'number',
    waitingCapacity: 'count',
    amount: 'number',
    currency: 'currency',
    opensAt: 'count?',
    closesAt: 'count?',
    reversalPolicy: 'policy',
    eligibleRoot: 'hash?',
    keyCommitment: 'hash',
    atMs: 'count',
  },
  unproven: { campaign: 'campaign', atMs: 'count' },
  epoch: { campaign: 'campaign', epoch: 'number', lastArrivalNo: 'count', atMs: 'count' },
  lost: { campaign: 'campaign', epoch: 'number', from: 'number', to: 'number' },
  claim: {
    campaign: 'campaign',
    epoch: 'number',
    arrivalNo: 'number',
    createdAtMs: 'count',
    slot: 'number?',
    who: 'hash',
  },
  full: { campaign: 'campaign', epoch: 'number', arrivalNo: 'number', atMs: 'count' },
  promote: { campaign: 'campaign', arrivalNo: 'number', slot: 'number', atMs: 'count' },
  paid: { campaign: 'campaign', arrivalNo: 'number', slot: 'number', reference: 'hash?', atMs: 'count' },
  failed: {
    campaign: 'campaign',
    arrivalNo: 'number',
    slot: 'number',
    reason: 'reason',
    reference: 'hash?',
    atMs: 'count',
  },
  revoked: { campaign: 'campaign', arrivalNo: 'number', slot: 'number', reference: 'hash?', atMs: 'count' },
  reversed: {
    campaign: 'campaign',
    arrivalNo: 'number',
    slot: 'number',
    effect: 'policy',
    reference: 'hash?',
    atMs: 'count',
  },
  left: { campaign: 'campaign', arrivalNo: 'number', atMs: 'count' },
  ended: { campaign: 'campaign', arrivalNo: 'number', atMs: 'count' },
  state: {
    campaign: 'campaign',
    revision: 'number',
    state: 'state',
    opensAt: 'count?',
    closesAt: 'count?',
    waitingCapacity: 'count',
    afterArrivalNo: 'count?',
    reference: 'hash?',
    atMs: 'count',
  },
  stopped: { campaign: 'campaign', code: 'code', atMs: 'count' },
  restored: { campaign: 'campaign', from: 'number', to: 'count', atMs: 'count' },
  end: {
    campaign: 'campaign',
    arrivals: 'count',
    paid: 'count',
    failed: 'count',
    left: 'count',
    ended: 'count',
    atMs: 'count',
  },
} as const;

export type LeafKind = keyof typeof FIELDS;

export const LEAF_KINDS = Object.keys(FIELDS) as readonly LeafKind[];
