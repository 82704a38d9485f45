import { ServerClock } from '../../../web/claim/clock/server-clock.js';
import { ClaimFlow } from '../../../web/claim/flow/claim-flow.js';
import type { Identity } from '../../../web/claim/flow/identity.js';
import type { State, Who } from '../../../web/claim/flow/state.js';
import type { Campaign, Grant } from '../../../web/claim/service/answers.js';
import type { Answer } from '../../../web/claim/service/exchange.js';
import type { Service } from '../../../web/claim/service/service.js';

const MEMBER: Who = { signedIn: true, name: '42', endsAtMs: null, loginUrl: null, canSignOut: true };
const PAID = { userId: '42', status: 'SUCCESS', final: true } as Grant;
const OPEN = { id: 'drop', state: 'OPEN', opensAt: null, endedAt: null } as Campaign;

const answer = (status: number, body: object = {}): Answer => ({
  ...{ status, body: body as Answer['body'], retryAfterMs: null, etag: null, requestId: null },
});
const AWAY = answer(503);

/** A service whose answers a test sets, and what a page shows of it. */
class Stage {
  campaign: Campaign | null | undefined = OPEN;
  who: Who | number = MEMBER;
  status: Answer | null = answer(404);
  claimed: Answer | null = AWAY;
  readonly shown: State[] = [];
  readonly flow: ClaimFlow;

  constructor() {
    const service = {
      campaign: () => Promise.resolve(this.campaign),
      status: () => Promise.resolve(this.status),
      claim: () => Promise.resolve(this.claimed),
    } as unknown as Service;
    const identity = { who: () => Promise.resolve(this.who) } as unknown as Identity;
    const clock = new ServerClock(() => Promise.resolve(Date.now()));
    this.flow = new ClaimFlow(OPEN, service, clock, identity, (state) => this.shown.push(state));
  }

  get step(): State['step'] {
    return this.shown.at(-1)!.step;
  }
}

let stage: Stage;

beforeEach(() => {
  jest.useFakeTimers({ now: Date.parse('2026-12-01T01:00:00Z') });
  Object.assign(globalThis, { document: { hidden: false } });
  stage = new Stage();
});

afterEach(() => {
  stage.flow.stop();
  jest.useRealTimers();
  Reflect.deleteProperty(globalThis, 'document');
});

const minutes = (count: number): Promise<void> => jest.advanceTimersByTimeAsync(count * 60_000);

describe('a page that is loaded while the service is away', () => {
  it.each([
    ['an open campaign', OPEN],
    ['one that is over', { ...OPEN, endedAt: '2026-11-30T00:00:00Z' }],
  ])('says neither that nothing was asked nor that it is over, until it knows: %s', async (_, campaign) => {
    Object.assign(stage, { campaign, status: AWAY });
    await stage.flow.start();
    await minutes(1);
    expect(new Set(stage.shown.map(({ step }) => step.kind))).toEqual(new Set(['loading']));
    stage.status = answer(200, PAID);
    await minutes(1);
    expect(stage.step).toMatchObject({ kind: 'claimed', grant: PAID });
  });

  it('does not call somebody signed out whose session can not be read', async () => {
    stage.who = 0;
    await stage.flow.start();
    await minutes(1);
    expect(stage.step).toEqual({ kind: 'loading', again: true });
    stage.who = MEMBER;
    await minutes(1);
    expect(stage.shown.at(-1)).toMatchObject({ who: MEMBER, step: { kind: 'idle' } });
  });

  it('asks no more while nobody sees it, and goes on when somebody does', async () => {
    stage.who = 0;
    await stage.flow.start();
    Object.assign(document, { hidden: true });
    await minutes(1);
    const before = stage.shown.length;
    stage.who = MEMBER;
    await minutes(10);
    expect(stage.shown.length).toBe(before);
    Object.assign(document, { hidden: false });
    await stage.flow.wake();
    expect(stage.step.kind).toBe('idle');
  });
});

describe('a page that is open while an operator', () => {
  const paused = { ...OPEN, state: 'PAUSED' };

  it('pauses and resumes, opens for the button, and says nothing meanwhile', async () => {
    stage.campaign = paused;
    await stage.flow.start();
    const states = stage.shown.length;
    await minutes(3);
    expect(new Set(stage.shown.slice(states).map(({ step }) => step.kind))).toEqual(new Set(['idle']));
    stage.campaign = OPEN;
    await minutes(1);
    expect(stage.shown.at(-1)).toMatchObject({ campaign: OPEN, step: { kind: 'idle' } });
  });

  it('resumes what was paused before its opening, after somebody came back to the page', async () => {
    const opensAt = new Date(Date.now() + 5_000).toISOString();
    stage.campaign = { ...paused, opensAt };
    await stage.flow.start();
    await stage.flow.wake();
    stage.campaign = { ...OPEN, opensAt };
    await minutes(1);
    expect(stage.shown.at(-1)).toMatchObject({ campaign: { state: 'OPEN' }, opensInMs: 0 });
  });

  it('opens earlier than was said, opens for the button then, for whoever comes back to the page', async () => {
    stage.campaign = { ...OPEN, opensAt: new Date(Date.now() + 7_200_000).toISOString() };
    await stage.flow.start();
    stage.campaign = { ...OPEN, opensAt: new Date(Date.now() + 60_000).toISOString() };
    await stage.flow.wake();
    await minutes(2);
    expect(stage.shown.at(-1)).toMatchObject({ opensInMs: 0, step: { kind: 'idle' } });
  });

  it('opens it earlier than was said, opens for the button though nobody leaves the page', async () => {
    stage.campaign = { ...OPEN, opensAt: new Date(Date.now() + 7_200_000).toISOString() };
    await stage.flow.start();
    stage.campaign = OPEN;
    await minutes(3);
    expect(stage.shown.at(-1)).toMatchObject({ opensInMs: 0, step: { kind: 'idle' } });
  });

  it('closes it, says so', async () => {
    stage.campaign = paused;
    await stage.flow.start();
    stage.campaign = { ...OPEN, state: 'CLOSED' };
    await minutes(1);
    expect(stage.step).toMatchObject({ kind: 'refused', why: 'closed' });
  });
});

it('knows from the answer to a press that somebody closed the campaign, whatever the page was loaded with', async () => {
  await stage.flow.start();
  stage.claimed = answer(410, { code: 'closed' });
  await stage.flow.press();
  expect(stage.shown.at(-1)).toMatchObject({ campaign: { state: 'CLOSED' }, step: { why: 'closed' } });
});
