import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../eventually.js';
import { users } from '../rush.js';
import { LEASE_MS } from './lane.js';
import { CAPACITY, LINE, type Stage } from './stage.js';

/** More users than there are slots and places in the line; the closed wallets belong to the first ones. */
const CROWD = users(1, CAPACITY + LINE + 6);
const LATE = users(CAPACITY + LINE + 7, 4);

/** More users claim than there is room for, and some claim after others were told "sold out". */
export async function rush(stage: Stage): Promise<void> {
  await stage.claim(CROWD);
  await stage.claim(LATE);
  expect(stage.client.answers()).toHaveProperty('sold-out');
}

/** Redis loses everything between the first claims and a rush. */
export async function gateLost(stage: Stage): Promise<void> {
  const early = CROWD.slice(0, 6);
  await stage.claim(early);
  stage.lane.worker.signal('SIGSTOP'); // so that the reaper does not find the loss
  await stage.loseGate();
  await rush(stage);
}

/** Redis loses everything, and the reaper finds the loss. */
export async function gateLostAtRest(stage: Stage): Promise<void> {
  await stage.claim(CROWD.slice(0, 6));
  await stage.loseGate();
  await eventually(() => expect(stage.hasFired).toBe(true));
  await rush(stage);
}

/** Redis loses everything after an api has asked the gate and before it has recorded the gate's decision. */
export async function gateLostMeanwhile(stage: Stage): Promise<void> {
  const crowd = stage.claim(CROWD);
  await eventually(() => expect(stage.hasFired).toBe(true));
  await stage.loseGate();
  await crowd;
  await stage.claim(LATE);
  expect(stage.client.answers()).toHaveProperty('sold-out');
}

/** The very last place is given out and not recorded; another user finds the gate full; then the gate is lost. */
export async function lastPlaceLost(stage: Stage): Promise<void> {
  const elsewhere = (): string => stage.lane.api.url;
  const [last, next, ...others] = users(40 + CAPACITY + LINE, 5);
  await stage.claim(users(41, CAPACITY + LINE - 1), elsewhere);
  stage.lane.worker.signal('SIGSTOP'); // so that nobody records it
  const unwritten = stage.claim([last ?? 0]);
  await eventually(() => expect(stage.hasFired).toBe(true));
  const turnedAway = stage.claim([next ?? 0], elsewhere);
  await sleep(LEASE_MS / 4);
  await stage.loseGate();
  await stage.claim(others, elsewhere);
  await Promise.all([unwritten, turnedAway]);
  expect(stage.client.answers()).toHaveProperty('sold-out');
}

/** An api dies after the gate has decided, both for people who get slots and for people who get into the line. */
export async function claimsAbandoned(stage: Stage): Promise<void> {
  await stage.claim([1, 2, 3, 4, 5]);
  await stage.abandon([31, 32, 33, 34, 35, 36], { recorded: false });
  await eventually(() => expect(stage.hasFired).toBe(true));
  await rush(stage);
}

/** An api dies after the claims are committed and before it rings; nobody can be paid until leases have run out. */
export async function ringsLost(stage: Stage): Promise<void> {
  await stage.claim([1, 2, 3]);
  await stage.whilePoolIsHeld(async () => {
    await stage.abandon([31, 32], { recorded: true });
    await eventually(() => expect(stage.hasFired).toBe(true));
  });
  await rush(stage);
}

/** An operator closes the campaign while people stand in line. */
export async function closed(stage: Stage): Promise<void> {
  await rush(stage);
  await stage.change({ state: 'CLOSED' });
}

/** Somebody who waits leaves the line. */
export async function left(stage: Stage): Promise<void> {
  stage.lane.worker.signal('SIGSTOP'); // so that nobody is promoted before
  await stage.claim(users(1, CAPACITY));
  await stage.claim(users(CAPACITY + 1, 3));
  await stage.leave(CAPACITY + 3);
  await rush(stage);
}

/** An operator pauses the campaign and resumes it. */
export async function pausedAndResumed(stage: Stage): Promise<void> {
  await stage.claim(CROWD.slice(0, 4));
  await stage.change({ state: 'PAUSED' });
  // The gate learns of it, whether or not the instance that was asked has told the gate.
  await eventually(async () => {
    const { status, campaignId } = { status: 409, campaignId: stage.campaignId };
    const claim = await stage.client.ask(stage.lane.api.url, { op: 'claim', campaignId, userId: 99 });
    expect(claim).toMatchObject({ status, body: { code: 'paused' } });
  });
  await stage.change({ state: 'OPEN' });
  await eventually(async () => {
    const { campaignId } = stage;
    const claim = await stage.client.ask(stage.lane.api.url, { op: 'claim', campaignId, userId: 1 });
    expect(claim.status).toBe(200);
  });
  await eventually(async () =>
    expect(await stage.lane.world.redis.hget(`grant:{${stage.campaignId}}:facts`, 'state')).toBe('OPEN'),
  );
  await rush(stage);
}

/** An operator creates the campaign at the instance that is to break. */
export async function created(stage: Stage): Promise<void> {
  await stage.createCampaign((attempt) => stage.pick(attempt));
  await rush(stage);
}
