import { FAILURE_REASONS } from '../../../src/grants/failure-reason.js';
import { CLAIM_STATUSES } from '../../../src/grants/grant.dto.js';
import type { State, Step, Who } from '../../../web/claim/flow/state.js';
import type { Campaign, Grant } from '../../../web/claim/service/answers.js';
import { Formats } from '../../../web/claim/view/formats.js';
import { type View, Views } from '../../../web/claim/view/view.js';
import { en } from '../../../web/claim/words/en.js';
import { ko } from '../../../web/claim/words/ko.js';

const CAMPAIGN: Campaign = {
  id: 'drop',
  name: 'Spring drop',
  capacity: 500,
  waitingCapacity: 50,
  amount: 1_000,
  currency: 'KRW',
  eligibility: 'everybody',
  opensAt: '2026-12-01T01:00:00Z',
  state: 'OPEN',
  endedAt: null,
};
const MEMBER: Who = { signedIn: true, name: '42', endsAtMs: null, loginUrl: '/login', canSignOut: true };
const VISITOR: Who = { ...MEMBER, signedIn: false, name: null };
const GRANT: Grant = {
  userId: '42',
  status: 'PENDING',
  final: false,
  failureReason: null,
  amount: 1_000,
  currency: 'KRW',
  paidAt: null,
  payoutReference: null,
  payout: 'on-its-way',
  grantSeq: 7,
  slot: 'held',
  arrivalNo: 7,
  createdAt: '2026-12-01T01:00:00.123Z',
};

function view(step: Step, more: Partial<State> = {}, words = en): View {
  const views = new Views(words, new Formats(words), () => true);
  return views.of({ campaign: CAMPAIGN, who: MEMBER, opensInMs: 0, step, ...more });
}

const claimed = (grant: Partial<Grant>, more: Partial<Extract<Step, { kind: 'claimed' }>> = {}): Step => ({
  kind: 'claimed',
  grant: { ...GRANT, ...grant },
  asOfMs: 0,
  stale: false,
  leaving: 'no',
  ...more,
});

const IDLE: Step = { kind: 'idle', notice: null };
const SOLD_OUT: Step = { kind: 'refused', why: 'sold-out', askedAtMs: 1, requestId: null, receipt: null };

describe.each([
  ['en', en],
  ['ko', ko],
] as const)('in %s', (_, words) => {
  it('each status of a claim has words of its own', () => {
    const titles = CLAIM_STATUSES.map((status) => view(claimed({ status }), {}, words).title);
    expect(new Set(titles).size).toBe(CLAIM_STATUSES.length);
    expect(titles).not.toContain(words.other.title);
  });

  it('each reason of a failure has words of its own', () => {
    const texts = FAILURE_REASONS.map(
      (failureReason) => view(claimed({ status: 'FAILED', failureReason }), {}, words).text[0],
    );
    expect(new Set([...texts, words.failed(null, false).text[0]]).size).toBe(FAILURE_REASONS.length + 1);
  });

  it('does not call money that is being checked on its way', () => {
    const onItsWay = view(claimed({}), {}, words);
    const checked = view(claimed({ payout: 'being-checked' }), {}, words);
    expect(checked.tone).toBe('wait');
    expect(checked.title).not.toBe(onItsWay.title);
    expect(checked.text).not.toEqual(onItsWay.text);
  });

  it('offers whoever came too late to ask again, since a place can become free', () => {
    expect(view(SOLD_OUT, {}, words).others).toEqual([{ label: words.askAgain, act: 'press' }]);
  });

  it('speaks of the waiting line only where there is one', () => {
    const text = (waitingCapacity: number): string =>
      view(SOLD_OUT, { campaign: { ...CAMPAIGN, waitingCapacity } }, words).text.join(' ');
    expect(text(50)).toMatch(/line|대기/);
    expect(text(0)).not.toMatch(/line|대기/);
  });

  it('a status of a later release is shown as a claim, not as a failure', () => {
    expect(view(claimed({ status: 'FROZEN' }), {}, words)).toMatchObject({
      title: words.other.title,
      tone: 'calm',
    });
  });

  it.each(['sold-out', 'closed', 'not-eligible', 'unknown-campaign', 'forbidden', 'fault'] as const)(
    'says why a claim was refused: %s',
    (why) => {
      const { title, text, tone } = view(
        { kind: 'refused', why, askedAtMs: 1, requestId: 'r-1', receipt: null },
        {},
        words,
      );
      expect(tone).toBe('bad');
      expect(title).not.toBe('');
      expect(text.join('')).not.toMatch(/undefined|null|\{/);
    },
  );
});

it.each<[string, Partial<Campaign>, RegExp]>([
  ['it ended with every place given', { endedAt: '2026-12-01T01:00:09Z' }, /500.*given/],
  ['an operator closed it', { state: 'CLOSED' }, /no more claims/],
  ['it was closed, and is finished', { state: 'CLOSED', endedAt: '2026-12-01T01:00:09Z' }, /no more/],
])('says why nobody gets in any more: %s', (_, more, said) => {
  const over: Step = { kind: 'refused', why: 'closed', askedAtMs: 1, requestId: null, receipt: null };
  expect(view(over, { campaign: { ...CAMPAIGN, ...more } }).text.join('')).toMatch(said);
});

it('says who may claim before anybody asks', () => {
  const campaign = { ...CAMPAIGN, eligibility: 'list' };
  for (const opensInMs of [0, 5_000]) {
    expect(view(IDLE, { campaign, opensInMs }).text).toContain(en.listOnly);
    expect(view(IDLE, { opensInMs }).text).not.toContain(en.listOnly);
  }
});

describe('there is one obvious button', () => {
  it.each<[string, Step, Partial<State>, View['main']]>([
    ['open', IDLE, {}, { label: 'Claim ₩1,000', act: 'press' }],
    ['signed out', IDLE, { who: VISITOR }, { label: 'Sign in', act: null, href: '/login' }],
    ['asking', { kind: 'asking', again: false }, {}, { label: 'Please wait…', act: null, busy: true }],
    ['given up', { kind: 'gave-up', cause: 'busy' }, {}, { label: 'Ask again', act: 'press' }],
    ['sold out', SOLD_OUT, {}, null],
    ['accepted', claimed({}), {}, null],
    ['paused', IDLE, { campaign: { ...CAMPAIGN, state: 'PAUSED' } }, null],
    [
      'closed, and signed out',
      { kind: 'refused', why: 'closed', askedAtMs: null, requestId: null, receipt: null },
      { who: VISITOR },
      { label: 'Sign in', act: null, href: '/login' },
    ],
  ])('when %s', (_, step, more, button) => {
    expect(view(step, more).main).toEqual(button);
  });

  it('which sleeps before opening', () => {
    expect(view(IDLE, { opensInMs: 5_000 }).main?.act).toBeNull();
  });
});

it('says before opening that the sign-in would end too early', () => {
  const who = { ...MEMBER, endsAtMs: Date.parse(CAMPAIGN.opensAt!) - 60_000 };
  expect(view(IDLE, { opensInMs: 5_000, who }).text[0]).toMatch(/^Your sign-in ends at/);
});

it('never says that somebody is paid who is not', () => {
  for (const status of CLAIM_STATUSES.filter((each) => each !== 'SUCCESS')) {
    const { title, tone } = view(claimed({ status }));
    expect(title).not.toMatch(/₩1,000 paid/);
    if (status !== 'PENDING') expect(tone).not.toBe('good');
  }
  expect(view(claimed({ status: 'SUCCESS', failureReason: 'reversed' })).tone).toBe('bad');
});

it.each(['kept', 'released'])('says of money that came back that it was paid, the slot being %s', (slot) => {
  for (const status of ['SUCCESS', 'FAILED']) {
    const { title, text } = view(claimed({ status, failureReason: 'reversed', slot }));
    expect(title).toBe('The money came back');
    expect(text[0]).toContain('was paid to you');
  }
});

it('does not tell those who waited in vain that no place became free: others may have got one', () => {
  expect(view(claimed({ status: 'ENDED' })).text.join(' ')).toMatch(/no place came to you/);
  expect(view(claimed({ status: 'ENDED' }), {}, ko).text.join(' ')).toMatch(/차례가 오지 않았어요/);
});

it('says how old it is once the connection is lost', () => {
  expect(view(claimed({}, { stale: true })).alert).toMatch(/^As of .*Reconnecting/);
});
