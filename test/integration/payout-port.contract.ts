/** Money to be moved to one user for one grant. */
export interface PayoutOrder {
  /** One per grant. It never changes, and an attempt never gets a key of its own (P2). */
  readonly idempotencyKey: string;
  readonly campaignId: string;
  readonly userId: string;
  /** Minor units. */
  readonly amount: bigint;
}

/** The final outcome of an order. */
export type PayoutOutcome =
  | { readonly idempotencyKey: string; readonly state: 'SETTLED'; readonly providerReference: string }
  | {
      readonly idempotencyKey: string;
      readonly state: 'REJECTED';
      readonly providerReference: string;
      /** A short stable word, e.g. `wallet-closed`. */
      readonly reason: string;
    };

/** An adapter under test, and its books as the contract sees them. */
export interface AdapterUnderTest {
  /** Submits these orders together. */
  pay(orders: readonly PayoutOrder[]): Promise<readonly PayoutOutcome[]>;
  /** Orders of a campaign that can pay them all: 10 to each of 100 users, each order with a key of its own. */
  orders(count: number): Promise<PayoutOrder[]>;
  /** From now on, money can't be moved to this user. */
  reject(userId: string): Promise<void>;
  /** Undoes `reject`. */
  accept(userId: string): Promise<void>;
  /** What this user has received, in minor units. */
  received(userId: string): Promise<bigint>;
}

/** The contract at the top of `payout-port.ts`, one test per sentence. Every adapter runs it. */
export function keepsThePayoutContract(adapter: () => AdapterUnderTest): void {
  const pay = (orders: readonly PayoutOrder[]): Promise<readonly PayoutOutcome[]> => adapter().pay(orders);
  const receivedBy = (orders: readonly PayoutOrder[]): Promise<bigint[]> =>
    Promise.all(orders.map(({ userId }) => adapter().received(userId)));
  const byKey = (outcomes: readonly PayoutOutcome[]): PayoutOutcome[] =>
    outcomes.toSorted((a, b) => a.idempotencyKey.localeCompare(b.idempotencyKey));

  it('answers each order, and moves its money', async () => {
    const orders = await adapter().orders(5);
    const outcomes = byKey(await pay(orders));
    expect(outcomes.map(({ idempotencyKey }) => idempotencyKey)).toEqual(
      orders.map(({ idempotencyKey }) => idempotencyKey).sort(),
    );
    for (const { state, providerReference } of outcomes) {
      expect(state).toBe('SETTLED');
      expect(providerReference).not.toBe('');
    }
    expect(await receivedBy(orders)).toEqual(Array(5).fill(10n));
  });

  it('answers an empty list with an empty list', async () => {
    expect(await pay([])).toEqual([]);
  });

  it('once per key: an order submitted again, alone or among others, moves nothing and gets the same answer', async () => {
    const orders = await adapter().orders(6);
    const first = byKey(await pay(orders.slice(0, 3)));
    expect(byKey(await pay(orders.slice(0, 3)))).toEqual(first);
    expect(byKey(await pay(orders)).filter((outcome) => first.some(sameKeyAs(outcome)))).toEqual(first);
    expect(await receivedBy(orders)).toEqual(Array(6).fill(10n));
  });

  it('once per key, concurrently as well: the second call gets the same answer, or an error and may try again', async () => {
    const orders = await adapter().orders(4);
    const settled = await Promise.allSettled(
      Array.from({ length: 8 }, (_, i) => pay(i % 2 === 0 ? orders : orders.toReversed())),
    );
    const answers = settled.flatMap((one) => (one.status === 'fulfilled' ? [byKey(one.value)] : []));
    expect(answers.length).toBeGreaterThan(0);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(byKey(await pay(orders))).toEqual(answers[0]);
    expect(await receivedBy(orders)).toEqual(Array(4).fill(10n));
  });

  it('R13: the first outcome of a key is final, a rejection too', async () => {
    const [order, ...others] = await adapter().orders(3);
    await adapter().reject(order!.userId);
    const rejected = byKey(await pay([order!, ...others])).find(({ state }) => state === 'REJECTED');
    expect(rejected).toMatchObject({ idempotencyKey: order!.idempotencyKey });
    expect(rejected).toHaveProperty('reason', expect.stringMatching(/^[a-z][a-z-]*$/));
    await adapter().accept(order!.userId);
    expect(await pay([order!])).toEqual([rejected]);
    expect(await adapter().received(order!.userId)).toBe(0n);
  });

  it('R13: so is a payment, whatever happens to its user later', async () => {
    const [order] = await adapter().orders(1);
    const paid = await pay([order!]);
    await adapter().reject(order!.userId);
    expect(await pay([order!])).toEqual(paid);
    expect(await adapter().received(order!.userId)).toBe(10n);
  });

  it('one answer per order: a rejected order does not keep others from being settled', async () => {
    const orders = await adapter().orders(5);
    await adapter().reject(orders[2]!.userId);
    const outcomes = new Map((await pay(orders)).map(({ idempotencyKey, state }) => [idempotencyKey, state]));
    expect(orders.map(({ idempotencyKey }) => outcomes.get(idempotencyKey))).toEqual([
      ...['SETTLED', 'SETTLED', 'REJECTED', 'SETTLED', 'SETTLED'],
    ]);
    expect(await receivedBy(orders)).toEqual([10n, 10n, 0n, 10n, 10n]);
  });
}

function sameKeyAs({ idempotencyKey }: PayoutOutcome): (other: PayoutOutcome) => boolean {
  return (other) => other.idempotencyKey === idempotencyKey;
}
