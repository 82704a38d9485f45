import type { Flaw } from './rules.js';
import type { Shape } from './world.js';

/** One exploration: the participants, and the possible faults. */
export interface Configuration {
  readonly name: string;
  readonly about: string;
  readonly shape: Shape;
}

/** Explored completely on every commit, including a path from every state to a good rest. */
export const configurations: readonly Configuration[] = [
  {
    name: 'rush',
    about: 'more people than places, two apis, one dies',
    shape: { users: 4, capacity: 2, waiting: 1, apis: 2, workers: 1, faults: { crash: 1 } },
  },
  {
    name: 'line',
    about: 'a rejected payout, two in line, two workers and reapers, one dies, the campaign closes',
    shape: {
      users: 3,
      capacity: 1,
      waiting: 2,
      apis: 1,
      workers: 2,
      rejecting: [1],
      closes: true,
      faults: { crash: 1 },
    },
  },
  {
    name: 'again',
    about: 'everybody asks again and again, or gives up, while payouts are rejected and the campaign closes',
    shape: {
      ...{
        users: 2,
        capacity: 1,
        waiting: 1,
        apis: 2,
        workers: 1,
        rejecting: [1],
        asksAgain: true,
        closes: true,
      },
      faults: { crash: 1, givesUp: 1 },
    },
  },
  {
    name: 'lost',
    about: 'Redis restarts empty, and is flushed with its scripts left, while a payout is rejected',
    shape: {
      ...{ users: 3, capacity: 1, waiting: 1, apis: 1, workers: 1, rejecting: [1] },
      faults: { emptied: 1, flushed: 1 },
    },
  },
  {
    name: 'old',
    about: 'Redis comes back older than it was, an instance dies, a payout is rejected',
    shape: {
      ...{ users: 3, capacity: 2, waiting: 1, apis: 1, workers: 1, rejecting: [1] },
      faults: { restoredOld: 2, crash: 1 },
    },
  },
  {
    name: 'rebuilders',
    about: 'two rebuilds at once, because one lost its lock without knowing; Redis is flushed, one dies',
    shape: {
      ...{ users: 2, capacity: 1, waiting: 1, apis: 1, workers: 1, rejecting: [1], closes: true },
      faults: { lockLost: 1, flushed: 1, crash: 1 },
    },
  },
  {
    name: 'bank',
    about: 'payouts across a network: requests overtake, answers get lost, keys are forgotten, a worker dies',
    shape: {
      ...{ users: 2, capacity: 1, waiting: 1, apis: 1, workers: 1, rejecting: [1, 2] },
      ...{ provider: 'bank', keysAreForgotten: true },
      faults: { crash: 1 },
    },
  },
];

/** Small configurations, which reveal a flaw early. */
const small: readonly Configuration[] = [
  {
    name: 'alone',
    about: 'one person, one slot, asking again',
    shape: {
      ...{ users: 1, capacity: 1, waiting: 0, apis: 1, workers: 1, rejecting: [1], asksAgain: true },
      faults: { crash: 1 },
    },
  },
  {
    name: 'two in line',
    about: 'a rejected payout, two in line',
    shape: {
      users: 3,
      capacity: 1,
      waiting: 2,
      apis: 1,
      workers: 1,
      rejecting: [1, 2],
      faults: { crash: 1 },
    },
  },
  {
    name: 'closing',
    about: 'a rejected payout, one in line, the campaign closes',
    shape: { users: 2, capacity: 1, waiting: 1, apis: 1, workers: 1, rejecting: [1], closes: true },
  },
  {
    name: 'gone',
    about: 'a user gives up, and an api dies',
    shape: { users: 3, capacity: 1, waiting: 1, apis: 1, workers: 1, faults: { crash: 1, givesUp: 1 } },
  },
  {
    name: 'two api',
    about: 'two apis, no payouts, Redis is flushed, an api dies',
    shape: { users: 3, capacity: 2, waiting: 0, apis: 2, workers: 0, faults: { flushed: 1, crash: 1 } },
  },
  {
    name: 'no line',
    about: 'no waiting line, a slot becomes free',
    shape: { users: 4, capacity: 1, waiting: 0, apis: 2, workers: 1, rejecting: [1], faults: { crash: 1 } },
  },
  {
    name: 'restored',
    about: 'no payouts, Redis comes back older than it was, a reply is lost',
    shape: {
      ...{ users: 3, capacity: 2, waiting: 0, apis: 1, workers: 0 },
      faults: { lostReply: 1, restoredOld: 2 },
    },
  },
  {
    name: 'lock lost',
    about: 'two rebuilds at once, Redis is flushed, one dies',
    shape: {
      ...{ users: 2, capacity: 1, waiting: 1, apis: 1, workers: 1, rejecting: [1] },
      faults: { lockLost: 1, flushed: 1, crash: 1 },
    },
  },
  {
    name: 'one payout',
    about: 'one payout across a network',
    shape: { users: 1, capacity: 1, waiting: 0, apis: 1, workers: 1, rejecting: [1], provider: 'bank' },
  },
];

/** Configurations for the rules from R15 on, each as small as possible. */
export const slowDays: readonly Configuration[] = [
  {
    name: 'set back',
    about: 'the database is set back to an older copy, and the bank forgets keys',
    shape: {
      ...{ users: 1, capacity: 1, waiting: 0, apis: 1, workers: 1, asksAgain: true },
      ...{ provider: 'bank', keysAreForgotten: true },
      faults: { setBack: 2 },
    },
  },
  {
    name: 'promoted',
    about: 'a standby is promoted behind its primary, and the bank forgets keys',
    shape: {
      ...{ users: 1, capacity: 1, waiting: 0, apis: 1, workers: 1, asksAgain: true },
      ...{ provider: 'bank', keysAreForgotten: true },
      faults: { promoted: 2 },
    },
  },
  {
    name: 'young copy',
    about: 'the database is set back to a copy that is younger than a round, a line, a rejection',
    shape: {
      ...{ users: 2, capacity: 1, waiting: 1, apis: 1, workers: 1, rejecting: [1], copyIsYoung: true },
      faults: { setBack: 2 },
    },
  },
  {
    name: 'part lost',
    about: 'the gate loses one of its keys, a line, a rejection',
    shape: {
      ...{ users: 3, capacity: 1, waiting: 2, apis: 1, workers: 1, rejecting: [1], asksAgain: true },
      faults: { partLost: 1 },
    },
  },
  {
    name: 'no room',
    about: 'Redis has room for one gate, a part of it is lost, a rebuilder loses its lock, one dies',
    shape: {
      ...{ users: 2, capacity: 1, waiting: 1, apis: 1, workers: 1, isTight: true },
      faults: { partLost: 1, lockLost: 1, crash: 1 },
    },
  },
  {
    name: 'rung for',
    about: 'workers pay only after a ring, and one dies',
    shape: {
      ...{ users: 2, capacity: 2, waiting: 0, apis: 1, workers: 2, rings: true },
      faults: { crash: 1 },
    },
  },
  {
    name: 'not sent',
    about: 'one payout, requests that certainly are not sent, keys are forgotten',
    shape: {
      ...{ users: 1, capacity: 1, waiting: 0, apis: 1, workers: 1, rejecting: [1] },
      ...{ provider: 'bank', keysAreForgotten: true, mayNotBeSent: true },
    },
  },
  {
    name: 'stopped',
    about: 'an operator stops payouts, and pauses the campaign',
    shape: { users: 3, capacity: 1, waiting: 1, apis: 1, workers: 1, stops: true, pauses: true },
  },
  {
    name: 'given back',
    about: 'people leave the line, operators revoke grants, a rejection, the campaign closes',
    shape: {
      ...{
        users: 3,
        capacity: 1,
        waiting: 2,
        apis: 1,
        workers: 1,
        rejecting: [1],
        gives: true,
        closes: true,
      },
    },
  },
  {
    name: 'revoked',
    about: 'an operator revokes a grant that a bank pays',
    shape: {
      ...{ users: 2, capacity: 1, waiting: 1, apis: 1, workers: 1, gives: true, provider: 'bank' },
    },
  },
  {
    name: 'came back',
    about: 'a payout comes back and its slot goes to the next in line, the campaign closes',
    shape: {
      ...{ users: 3, capacity: 1, waiting: 2, apis: 1, workers: 1, reverses: 'regrant', closes: true },
      faults: { crash: 1 },
    },
  },
  {
    name: 'came back, kept',
    about: 'a payout comes back and its grant stays SUCCESS, the campaign closes',
    shape: { users: 2, capacity: 1, waiting: 1, apis: 1, workers: 1, reverses: 'keep', closes: true },
  },
  {
    name: 'finished',
    about: 'the campaign closes, is finished, and has no gate; everybody asks again',
    shape: {
      ...{ users: 3, capacity: 1, waiting: 1, apis: 1, workers: 1, rejecting: [1] },
      ...{ closes: true, finishes: true, asksAgain: true },
    },
  },
];

/** For each rule left out or step broken: the configuration that reveals it, and the promise that it breaks. */
export const shownBy: Readonly<Record<Flaw, readonly [configuration: string, promise: `P${number}`]>> = {
  R1: ['two api', 'P3'],
  R2: ['two api', 'P3'],
  R3: ['lock lost', 'P8'],
  R4: ['two api', 'P5'],
  R5: ['two in line', 'P3'],
  R6: ['two in line', 'P3'],
  R7: ['alone', 'P8'],
  R8: ['closing', 'P8'],
  R9: ['closing', 'P8'],
  R10: ['gone', 'P8'],
  R11: ['restored', 'P3'],
  R12: ['two api', 'P5'],
  R13: ['one payout', 'P7'],
  R15: ['promoted', 'P2'],
  R16: ['set back', 'P2'],
  R18: ['young copy', 'P8'],
  R19: ['part lost', 'P5'],
  R20: ['no room', 'P8'],
  R21: ['rung for', 'P8'],
  R22: ['set back', 'P2'],
  R23: ['not sent', 'P2'],
  R24: ['stopped', 'P9'],
  R25: ['revoked', 'P7'],
  R26: ['came back', 'P8'],
  R29: ['finished', 'P4'],
  'answers before COMMIT': ['alone', 'P4'],
  'a key per attempt': ['one payout', 'P2'],
  'a time-out is a rejection': ['one payout', 'P7'],
  'the reaper frees': ['two in line', 'P3'],
  'sold out is remembered for ever': ['no line', 'P5'],
  'pays twice': ['alone', 'P2'],
  'loses what it frees': ['alone', 'P8'],
  'the reaper looks once': ['lock lost', 'P8'],
  'promotes the last': ['two in line', 'P3'],
  'pays before it looks': ['set back', 'P2'],
  'a pause is an end': ['stopped', 'P5'],
  'forgets what came back': ['came back', 'P8'],
  'finishes unfenced': ['finished', 'P8'],
};

/** Explored by `npm run model -- --deep`, as far as time and memory allow. */
export const deep: readonly (Configuration & { readonly liveness: boolean })[] = [
  {
    name: 'deep rush',
    about: 'five people, two slots, two in line, two apis, one dies, a reply is lost',
    shape: { users: 5, capacity: 2, waiting: 2, apis: 2, workers: 1, faults: { crash: 1, lostReply: 1 } },
    liveness: false,
  },
  {
    name: 'deep line',
    about: 'all payouts may be rejected, two workers, replies are lost, the campaign closes',
    shape: {
      ...{ users: 4, capacity: 2, waiting: 2, apis: 1, workers: 2, rejecting: [1, 2, 3, 4], closes: true },
      faults: { crash: 1, lostReply: 1 },
    },
    liveness: false,
  },
  {
    name: 'deep lost',
    about: 'Redis is emptied, flushed and loses its scripts, two apis, one dies, a user gives up',
    shape: {
      ...{ users: 3, capacity: 1, waiting: 1, apis: 2, workers: 1, rejecting: [1, 2] },
      faults: { emptied: 1, flushed: 1, scriptsLost: 1, crash: 1, givesUp: 1 },
    },
    liveness: false,
  },
  {
    name: 'deep old',
    about: 'Redis comes back older, two apis, a line, replies are lost',
    shape: {
      ...{ users: 3, capacity: 2, waiting: 1, apis: 2, workers: 1, rejecting: [1, 2] },
      faults: { restoredOld: 2, crash: 1, lostReply: 1 },
    },
    liveness: false,
  },
  {
    name: 'deep rebuilders',
    about: 'two apis and a worker rebuild, locks are lost twice, Redis is flushed, one dies',
    shape: {
      ...{ users: 2, capacity: 1, waiting: 1, apis: 2, workers: 1, rejecting: [1] },
      faults: { lockLost: 1, flushed: 1, crash: 1 },
    },
    liveness: true,
  },
  {
    name: 'deep bank',
    about: 'two workers, payouts across a network, the campaign closes, Redis is flushed, replies are lost',
    shape: {
      ...{ users: 2, capacity: 1, waiting: 1, apis: 1, workers: 2, rejecting: [1, 2], closes: true },
      ...{ provider: 'bank', keysAreForgotten: true },
      faults: { crash: 1, lostReply: 1, flushed: 1 },
    },
    liveness: false,
  },
];

/** Without a worker nothing completes, so there is no good rest to check for. */
export function canRest({ workers }: Shape): boolean {
  return workers > 0;
}

const allConfigurations = [...configurations, ...small, ...slowDays, ...deep];

export const configurationNames = allConfigurations.map(({ name }) => name);

/** @throws Error if there is no configuration of that name */
export function configurationNamed(name: string): Configuration {
  const found = allConfigurations.find((configuration) => configuration.name === name);
  if (!found) throw new Error(`There is no configuration "${name}".`);
  return found;
}
