import { readFileSync } from 'node:fs';
import { checkRecords } from '../../../verification/checker/check-records.js';
import { STATEMENTS } from '../../../verification/checker/statements.js';
import { type HonestRunOptions, honestRun, type MutableRecords } from '../../support/honest-run.js';

const CLEAN: readonly Omit<HonestRunOptions, 'seed'>[] = [
  { paysBy: 'ledger', reversalPolicy: 'keep' },
  { paysBy: 'provider', reversalPolicy: 'keep' },
  { paysBy: 'provider', reversalPolicy: 'regrant' },
];

/** A run in which everything happens that the statements examine. */
const SEED = 7;

const byLedger = () => honestRun({ seed: SEED, paysBy: 'ledger', reversalPolicy: 'keep' });
const byProvider = () => honestRun({ seed: SEED, paysBy: 'provider', reversalPolicy: 'keep' });
const regranting = () => honestRun({ seed: SEED, paysBy: 'provider', reversalPolicy: 'regrant' });

const violated = (records: MutableRecords) =>
  checkRecords(records).flatMap(({ verdict, name }) => (verdict === 'violated' ? [name] : []));

type Place = MutableRecords['books']['places'][number];
type Operation = MutableRecords['history'][number];

/** The first place that fits. */
function placeWhere({ books }: MutableRecords, fits: (place: Place) => boolean): Place {
  const place = books.places.find(fits);
  if (!place) throw new Error('The run has no such place: choose another seed.');
  return place;
}

const isOurs = ({ campaignId, op }: Operation) =>
  campaignId === 'simulated' && (op === 'claim' || op === 'status');
const tellsPlace = (operation: Operation) =>
  isOurs(operation) && (operation.status === 200 || operation.status === 202);

/** The user's answers with a place, by end. */
function tellingsOf({ history }: MutableRecords, userId: string): Operation[] {
  return history
    .filter((operation) => operation.userId === userId && tellsPlace(operation))
    .sort((a, b) => a.end! - b.end!);
}

/** Two answers with a place to one user, the second asked for after the first was answered. */
function toldTwice(records: MutableRecords, fits: (place: Place) => boolean): [Operation, Operation] {
  for (const { userId } of records.books.places.filter(fits)) {
    const own = tellingsOf(records, userId);
    const last = own.at(-1);
    if (own[0] && last && own[0].end! < last.start) return [own[0], last];
  }
  throw new Error('Nobody was told twice: choose another seed.');
}

const isPaid = ({ status }: Place) => status === 'SUCCESS';
const isFailed = ({ status }: Place) => status === 'FAILED';
const isRejected = (records: MutableRecords) => (place: Place) =>
  records.books.payouts.some(({ userId, state }) => userId === place.userId && state === 'REJECTED');
const keyOf = ({ userId }: Place) => `grant:simulated:${userId}`;

/** Renumbers the provider's log. */
function renumber(bank: NonNullable<MutableRecords['bank']>): void {
  for (const [index, event] of bank.entries()) event.seq = index + 1;
}

function settledEvent(records: MutableRecords, key: string): NonNullable<MutableRecords['bank']>[number] {
  return records.bank!.find(({ event, idempotencyKey }) => event === 'settled' && idempotencyKey === key)!;
}

/** Removes a user from all records except the history. */
function forget(records: MutableRecords, { userId }: Place): void {
  const { books, gate } = records;
  books.places = books.places.filter((place) => place.userId !== userId);
  books.payouts = books.payouts.filter((payout) => payout.userId !== userId);
  books.ledger = books.ledger.filter(({ idempotencyKey }) => !idempotencyKey.endsWith(`:${userId}`));
  if (records.bank) records.bank = records.bank.filter((event) => event.userId !== userId);
  gate!.claims.delete(userId);
  gate!.line = gate!.line.filter((waiting) => waiting !== userId);
}

interface Corruption {
  readonly what: string;
  readonly clean: () => MutableRecords;
  readonly how: (records: MutableRecords) => void;
  /** The statements that detect it: exactly these. */
  readonly seenBy: readonly string[];
}

const CORRUPTIONS: readonly Corruption[] = [
  {
    what: 'for a moment there was one payout too many: the slot was passed on before the money was back',
    clean: regranting,
    how: ({ bank }) => {
      const at = bank!.findIndex(({ event }) => event === 'reversed');
      bank!.push(...bank!.splice(at, 1));
      renumber(bank!);
    },
    seenBy: ['P1.money-within-capacity'],
  },
  {
    what: 'an answer held a slot beyond the capacity',
    clean: byProvider,
    how: (records) => {
      const place = placeWhere(
        records,
        ({ userId, grantSeq }) => grantSeq !== null && tellingsOf(records, userId).length === 1,
      );
      tellingsOf(records, place.userId)[0]!.body!.grantSeq = 7;
    },
    seenBy: ['P1.told-within-capacity', 'P4.told-is-durable'],
  },
  {
    what: 'a user was told another arrival number than before',
    clean: byProvider,
    how: (records) => {
      toldTwice(records, isPaid)[1].body!.arrivalNo = 99;
    },
    seenBy: ['P2.one-story-per-user', 'P4.told-is-durable'],
  },
  {
    what: "a user was told somebody else's place",
    clean: byLedger,
    how: (records) => {
      toldTwice(records, isPaid)[1].body!.userId = '4242';
    },
    seenBy: ['P2.told-own-place'],
  },
  {
    what: 'a user was accepted twice',
    clean: byLedger,
    how: ({ history }) => {
      const first = history.find(({ op, status }) => op === 'claim' && status === 202)!;
      history.push({ ...first, client: 'c8' });
    },
    seenBy: ['P2.first-time-once'],
  },
  {
    what: 'a user with a place was refused',
    clean: byProvider,
    how: (records) => {
      const [, later] = toldTwice(records, isPaid);
      Object.assign(later, { op: 'status', status: 404, body: { code: 'not-found' } });
    },
    seenBy: ['P2.place-is-kept'],
  },
  {
    what: 'a user with a place is told later that they are not on the list (R33)',
    clean: byProvider,
    how: (records) => {
      const [, later] = toldTwice(records, isPaid);
      Object.assign(later, { op: 'claim', status: 403, body: { code: 'not-eligible' } });
    },
    seenBy: ['P2.place-is-kept'],
  },
  {
    what: 'the gate has forgotten a user',
    clean: byProvider,
    how: (records) => {
      const place = placeWhere(records, ({ userId }) => tellingsOf(records, userId).length > 0);
      records.gate!.claims.delete(place.userId);
    },
    seenBy: ['P2.gate-remembers'],
  },
  {
    what: 'a user was paid twice',
    clean: byProvider,
    how: (records) => {
      const key = keyOf(placeWhere(records, isPaid));
      records.bank!.push({ ...settledEvent(records, key), seq: 1_000 });
    },
    seenBy: ['P2.one-transfer-per-user', 'P9.ledger-agrees-with-the-provider'],
  },
  {
    what: 'an attempt was made under its own key',
    clean: byProvider,
    how: (records) => {
      const place = placeWhere(records, isRejected(records));
      const own = [...records.bank!, ...records.books.payouts].filter(
        ({ userId }) => userId === place.userId,
      );
      for (const record of own) record.idempotencyKey = `${keyOf(place)}:2`;
    },
    seenBy: ['P2.one-key-per-grant', 'P7.failed-was-rejected'],
  },
  {
    what: 'a known key came with another request',
    clean: byProvider,
    how: (records) => {
      const event = settledEvent(records, keyOf(placeWhere(records, isPaid)));
      records.bank!.push({ ...event, event: 'key-conflict', seq: 1_000 });
    },
    seenBy: ['P2.one-request-per-key'],
  },
  {
    what: 'a user who asked later is ahead of one who had been answered',
    clean: byLedger,
    how: (records) => {
      const { books, history, gate } = records;
      const direct = books.places.filter(
        ({ status, lineArrivalNo }) => status === 'SUCCESS' && lineArrivalNo === null,
      );
      const [earlier, later] = [direct.at(0)!, direct.at(-1)!];
      const swapped = new Map([
        [earlier.userId, later.arrivalNo],
        [later.userId, earlier.arrivalNo],
      ]);
      for (const { userId, body } of history.filter(tellsPlace))
        if (swapped.has(userId!)) body!.arrivalNo = swapped.get(userId!);
      for (const place of [earlier, later]) {
        place.arrivalNo = swapped.get(place.userId)!;
        gate!.claims.get(place.userId)!.arrivalNo = place.arrivalNo;
      }
      books.places.sort((a, b) => a.arrivalNo - b.arrivalNo);
    },
    seenBy: ['P3.answered-before-asked'],
  },
  {
    what: 'a user in the line was overtaken',
    clean: regranting,
    how: (records) => {
      const { books, history } = records;
      const promoted = placeWhere(
        records,
        ({ grantSeq, lineArrivalNo }) => grantSeq !== null && lineArrivalNo !== null,
      );
      const { userId, arrivalNo, createdAtEpochMs } = promoted;
      const later = books.places.filter((place) => place.grantSeq !== null && place.arrivalNo > arrivalNo);
      const at = Math.max(...later.flatMap((place) => tellingsOf(records, place.userId).at(-1)?.end ?? []));
      records.history = history.filter(
        (operation) => operation.userId !== userId || operation.status === 202,
      );
      const createdAt = new Date(createdAtEpochMs).toISOString();
      const body = {
        campaignId: 'simulated',
        userId,
        arrivalNo,
        createdAt,
        status: 'WAITING',
        grantSeq: null,
      };
      records.history.push({
        ...{ client: 'c8', op: 'claim', campaignId: 'simulated', userId },
        ...{ start: at + 1, end: at + 2, status: 200, body },
      });
    },
    seenBy: ['P3.nobody-overtaken'],
  },
  {
    what: 'an answered claim was lost',
    clean: byLedger,
    how: (records) => {
      const place = placeWhere(
        records,
        ({ userId, status }) => status === 'FAILED' && tellingsOf(records, userId).length > 0,
      );
      forget(records, place);
    },
    seenBy: ['P2.gate-remembers', 'P4.told-is-durable'],
  },
  {
    what: 'Postgres has another time than the answer',
    clean: byLedger,
    how: (records) => {
      placeWhere(records, ({ userId }) => tellingsOf(records, userId).length > 0).createdAtEpochMs++;
    },
    seenBy: ['P4.told-is-durable'],
  },
  {
    what: 'a user who is paid was told FAILED',
    clean: byProvider,
    how: (records) => {
      toldTwice(records, isPaid)[1].body!.status = 'FAILED';
    },
    seenBy: ['P4.told-end-is-final'],
  },
  {
    what: 'SUCCESS became PENDING again',
    clean: byLedger,
    how: (records) => {
      const [first, later] = toldTwice(records, isPaid);
      first.body!.status = 'SUCCESS';
      later.body!.status = 'PENDING';
    },
    seenBy: ['P4.states-move-forward'],
  },
  {
    what: '"sold out" was said too early',
    clean: byProvider,
    how: ({ history }) => {
      const end = Math.min(
        ...history.filter(({ status }) => status === 202).map((operation) => operation.end!),
      );
      history.push({
        ...{ client: 'c8', op: 'claim', campaignId: 'simulated', userId: '4242' },
        ...{ start: 0, end, status: 409, body: { code: 'sold-out' } },
      });
    },
    seenBy: ['P5.later-asker-has-later-number', 'P5.sold-out-was-full'],
  },
  {
    what: 'a user got in on a lost place after others had been refused',
    clean: byLedger,
    how: (records) => {
      const { history, gate } = records;
      const victim = placeWhere(records, isFailed);
      const soldOut = Math.min(
        ...history.filter(({ body }) => body?.code === 'sold-out').map((operation) => operation.end!),
      );
      // The victim was never answered and acts like a newcomer after the "sold out".
      records.history = history.filter(({ userId, status }) => userId !== victim.userId || status === null);
      for (const operation of records.history)
        if (operation.userId === victim.userId) operation.start = soldOut + 1;
      records.history.push({
        ...{ client: 'c8', op: 'claim', campaignId: 'simulated', userId: victim.userId },
        ...{ start: soldOut + 1, end: null, status: null, body: null },
      });
      expect(gate!.claims.has(victim.userId)).toBe(true);
    },
    seenBy: ['P3.answered-before-asked', 'P5.later-asker-has-later-number'],
  },
  {
    what: 'the line was ended while a slot was left',
    clean: byLedger,
    how: (records) => {
      const place = placeWhere(records, isPaid);
      const { books } = records;
      books.payouts = books.payouts.filter(({ userId }) => userId !== place.userId);
      books.ledger = books.ledger.filter(({ idempotencyKey }) => idempotencyKey !== keyOf(place));
      records.history = records.history.filter(
        ({ userId, status }) => userId !== place.userId || status === null,
      );
      Object.assign(place, { status: 'ENDED', grantSeq: null, lineArrivalNo: place.arrivalNo });
      for (const waiting of books.places) if (waiting.status === 'WAITING') waiting.status = 'ENDED';
      records.gate!.line = [];
    },
    seenBy: ['P6.exact'],
  },
  {
    what: 'a slot was freed although the money moved and only the answer was lost',
    clean: byProvider,
    how: (records) => {
      const key = keyOf(placeWhere(records, isRejected(records)));
      records.bank!.find(({ idempotencyKey }) => idempotencyKey === key)!.event = 'settled';
    },
    seenBy: [
      'P1.money-within-capacity',
      'P7.failed-moved-nothing',
      'P7.failed-was-rejected',
      'P9.payouts-agree-with-the-money',
      'P9.ledger-agrees-with-the-provider',
    ],
  },
  {
    what: 'a slot was freed after a time-out, without a rejection',
    clean: byProvider,
    how: (records) => {
      const key = keyOf(placeWhere(records, isRejected(records)));
      records.bank = records.bank!.filter(({ idempotencyKey }) => idempotencyKey !== key);
    },
    seenBy: ['P7.failed-was-rejected', 'P9.payouts-agree-with-the-money'],
  },
  {
    what: 'a user was rejected, and paid later',
    clean: byLedger,
    how: (records) => {
      const place = placeWhere(records, isPaid);
      const paid = records.books.ledger.find(({ idempotencyKey }) => idempotencyKey === keyOf(place))!;
      records.books.ledger.splice(1, 0, {
        ...paid,
        id: 1.5,
        outcome: 'REJECTED',
        reason: 'closed',
        entries: [],
      });
    },
    seenBy: ['P7.rejected-stays-rejected'],
  },
  {
    what: 'a request was sent under a key that the provider had forgotten',
    clean: byProvider,
    how: (records) => {
      const event = settledEvent(records, keyOf(placeWhere(records, isPaid)));
      records.bank!.splice(records.bank!.indexOf(event), 0, { ...event, event: 'forgotten' });
      renumber(records.bank!);
    },
    seenBy: ['P7.nothing-sent-when-forgotten'],
  },
  {
    what: 'a payout is still in doubt',
    clean: byLedger,
    how: (records) => {
      const { books } = records;
      const place = placeWhere(records, isPaid);
      records.history = records.history.filter(({ userId }) => userId !== place.userId);
      place.status = 'PENDING';
      books.payouts.find(({ userId }) => userId === place.userId)!.state = 'IN_DOUBT';
      books.ledger = books.ledger.filter(({ idempotencyKey }) => idempotencyKey !== keyOf(place));
    },
    seenBy: ['P8.nothing-pending', 'P9.payouts-agree-with-the-money'],
  },
  {
    what: 'a user still waits after the campaign was closed',
    clean: byProvider,
    how: ({ books, gate }) => {
      books.isClosed = true;
      expect(gate!.line).not.toEqual([]);
    },
    seenBy: ['P8.nobody-left-waiting'],
  },
  {
    what: 'a reversed payout did not pass its slot on, although the policy is regrant',
    clean: byProvider,
    how: ({ books }) => {
      books.reversalPolicy = 'regrant';
    },
    seenBy: ['P8.payout-ends-with-its-grant'],
  },
  {
    what: 'a slot leaked at the gate',
    clean: byProvider,
    how: ({ gate }) => {
      gate!.processing.push(3);
    },
    seenBy: ['P8.gate-at-rest'],
  },
  {
    what: "the gate's line differs from that of Postgres",
    clean: byProvider,
    how: ({ gate }) => {
      gate!.line.reverse().push('4242');
    },
    seenBy: ['P8.gate-at-rest'],
  },
  {
    what: 'a payout has another amount',
    clean: byLedger,
    how: (records) => {
      const key = keyOf(placeWhere(records, isPaid));
      const paid = records.books.ledger.find(({ idempotencyKey }) => idempotencyKey === key)!;
      for (const entry of paid.entries) entry.amount = entry.amount < 0n ? -11n : 11n;
    },
    seenBy: ['P9.paid-is-amount-times-success', 'P9.each-move-is-the-amount'],
  },
  {
    what: 'the provider moved another amount than we booked',
    clean: byProvider,
    how: (records) => {
      settledEvent(records, keyOf(placeWhere(records, isPaid))).amount = 100;
    },
    seenBy: ['P9.each-move-is-the-amount', 'P9.ledger-agrees-with-the-provider'],
  },
  {
    what: 'the provider paid a user whom we do not know',
    clean: byProvider,
    how: (records) => {
      const event = settledEvent(records, keyOf(placeWhere(records, isPaid)));
      records.bank!.push({ ...event, seq: 1_000, userId: '4242', idempotencyKey: 'grant:simulated:4242' });
    },
    seenBy: ['P9.payouts-agree-with-the-money', 'P9.ledger-agrees-with-the-provider'],
  },
  {
    what: 'a reversal is not in our ledger',
    clean: byProvider,
    how: ({ books }) => {
      books.ledger = books.ledger.filter(({ idempotencyKey }) => !idempotencyKey.startsWith('reversal:'));
    },
    seenBy: ['P9.paid-is-amount-times-success', 'P9.ledger-agrees-with-the-provider'],
  },
];

describe('The statements about a run', () => {
  it.each(CLEAN)('hold for all honest runs: %j', (options) => {
    for (let seed = 1; seed <= 100; seed++) {
      const contradicted = checkRecords(honestRun({ ...options, seed })).filter(
        ({ verdict }) => verdict === 'violated' || verdict === 'missing',
      );
      expect({ seed, contradicted }).toEqual({ seed, contradicted: [] });
    }
  });

  it('all examine something in the run that is corrupted below', () => {
    const looked = [byProvider(), regranting()].flatMap((records) =>
      checkRecords(records).flatMap(({ examined, name }) => (examined > 0 ? [name] : [])),
    );
    const unseen = STATEMENTS.map(({ name }) => name).filter((name) => !looked.includes(name));
    expect(unseen).toEqual(['P7.nothing-sent-when-forgotten']); // an honest service sends nothing, so there is nothing to examine
  });

  it.each(CORRUPTIONS)('detect that $what', ({ clean, how, seenBy }) => {
    const records = clean();
    expect(violated(records)).toEqual([]);
    how(records);
    expect(violated(records).sort()).toEqual([...seenBy].sort());
  });

  it('are each violated by one of the corruptions', () => {
    const seen = new Set(CORRUPTIONS.flatMap(({ seenBy }) => seenBy));
    expect(STATEMENTS.map(({ name }) => name).filter((name) => !seen.has(name))).toEqual([]);
  });

  it('are listed verbatim in docs/checking-a-run.md', () => {
    const page = readFileSync('docs/checking-a-run.md', 'utf8');
    const cells = new Set(page.split('|').map((cell) => cell.trim()));
    const unlisted = STATEMENTS.filter(({ name, says }) => !cells.has(`\`${name}\``) || !cells.has(says));
    expect(unlisted).toEqual([]);
  });

  it.each([
    [true, 'after the line was ended leave its slot to nobody'],
    [false, 'before that do not'],
  ])('let money that came back (late: %s) %s', (cameBackLate) => {
    const records = regranting();
    for (const place of records.books.places) if (place.status === 'WAITING') place.status = 'ENDED';
    Object.assign(placeWhere(records, isPaid), { status: 'FAILED', cameBackLate });
    expect(violated(records).includes('P6.exact')).toBe(!cameBackLate);
  });

  it("accept an operator's recorded decision", () => {
    const records = byProvider();
    const key = keyOf(placeWhere(records, isRejected(records)));
    records.bank = records.bank!.filter(({ idempotencyKey }) => idempotencyKey !== key);
    records.books.payoutEvents.push({ idempotencyKey: key, event: 'REJECTED', actor: '1' });
    expect(violated(records)).toEqual([]);
  });

  it('expect a "sold out" in a full run, unless everybody without a place was told that the campaign is closed', () => {
    const missingWhenTurnedAwayBy = (status: number, code: string) => {
      const records = byLedger();
      for (const operation of records.history.filter(({ body }) => body?.code === 'sold-out'))
        Object.assign(operation, { status, body: { code } });
      return checkRecords(records).flatMap(({ verdict, name }) => (verdict === 'missing' ? [name] : []));
    };
    expect(missingWhenTurnedAwayBy(409, 'paused')).toEqual(['P5.sold-out-was-full']);
    expect(missingWhenTurnedAwayBy(410, 'closed')).toEqual([]);
  });

  it('are missing, not held, if they examined nothing although the run must have had something', () => {
    const records = byProvider();
    records.bank = null;
    const missing = checkRecords(records).flatMap(({ verdict, name }) =>
      verdict === 'missing' ? [name] : [],
    );
    expect(missing).toEqual([
      'P1.money-within-capacity',
      'P2.one-transfer-per-user',
      'P9.each-move-is-the-amount',
      'P9.payouts-agree-with-the-money',
      'P9.ledger-agrees-with-the-provider',
    ]);
  });
});
