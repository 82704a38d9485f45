import { setImmediate as nextIteration, setTimeout as sleep } from 'node:timers/promises';
import { Gathering } from '../../src/platform/gathering/gathering.js';

const PATIENCE_MS = 200;
const ROOM = 8;

/** A gathering in which batches of the campaign `stuck` wait until `goOn` is called. */
class Scene {
  readonly batches: (readonly string[])[] = [];
  shed = 0;
  goOn = (): void => undefined;
  private readonly stuck = new Promise<void>((resolve) => (this.goOn = resolve));

  readonly gathering = new Gathering<string>(
    async (campaignId, userIds) => {
      this.batches.push(userIds);
      if (campaignId === 'stuck') await this.stuck;
      return userIds.map((userId) => `of ${userId}`);
    },
    {
      ...{ batchesAtOnce: 1, batchSize: 10, patienceMs: PATIENCE_MS, mostAtOnce: ROOM },
      onShed: () => this.shed++,
    },
  );

  ask(campaignId: string, ...userIds: string[]): Promise<PromiseSettledResult<string>[]> {
    return Promise.allSettled(userIds.map((userId) => this.gathering.ask(campaignId, userId)));
  }

  async askUntilStuck(): Promise<Promise<PromiseSettledResult<string>[]>[]> {
    const first = [this.ask('stuck', 'first')];
    while (this.batches.length === 0) await sleep(1);
    return first;
  }
}

const refused = { status: 'rejected', reason: { status: 503 } };
const answered = (userId: string) => ({ status: 'fulfilled', value: `of ${userId}` });

it('answers people who wait behind a stuck batch, and begins nothing for them', async () => {
  const scene = new Scene();
  const [first] = await scene.askUntilStuck();
  expect(await scene.ask('stuck', 'second', 'third')).toMatchObject([refused, refused]); // while the batch is stuck
  scene.goOn();
  expect(await first).toMatchObject([answered('first')]);
  expect(await scene.ask('stuck', 'last')).toMatchObject([answered('last')]);
  expect(scene.batches).toEqual([['first'], ['last']]);
});

it('turns away newcomers to a campaign, and only to it, once somebody there has waited for long', async () => {
  const scene = new Scene();
  const [first] = await scene.askUntilStuck();
  await sleep(PATIENCE_MS / 2 + 10);
  expect(() => scene.gathering.admit('stuck')).toThrow(expect.objectContaining({ status: 503 }) as Error);
  expect(scene.shed).toBe(1);
  expect(await scene.ask('other', 'somebody')).toMatchObject([answered('somebody')]);
  scene.goOn();
  await first;
  scene.gathering.admit('stuck');
});

it('lets no campaign hold more than the room left for others', async () => {
  const scene = new Scene();
  const crowd = scene.ask('stuck', ...Array.from({ length: ROOM + 5 }, (_, i) => `one ${i}`));
  const second = scene.ask('stuck-too', ...Array.from({ length: ROOM + 5 }, (_, i) => `two ${i}`));
  const third = scene.ask('other', 'somebody');
  expect(await third).toMatchObject([answered('somebody')]);
  scene.goOn();
  const taken = async (asked: Promise<PromiseSettledResult<string>[]>): Promise<number> =>
    (await asked).filter(({ status }) => status === 'fulfilled').length;
  expect([await taken(crowd), await taken(second)]).toEqual([ROOM / 2, ROOM / 4]);
});

it('tells people whom it turns away to come back, the later the fuller it is', async () => {
  const scene = new Scene();
  const most = async (asked: Promise<PromiseSettledResult<string>[]>): Promise<unknown> =>
    ((await asked).at(-1) as PromiseRejectedResult).reason;
  const one = scene.ask('stuck', ...Array.from({ length: 5 }, (_, i) => `one ${i}`));
  const two = scene.ask('stuck-too', ...Array.from({ length: 3 }, (_, i) => `two ${i}`));
  scene.goOn();
  expect(await most(one)).toMatchObject({ details: { retryAfter: { from: 1, to: 6 } } });
  expect(await most(two)).toMatchObject({ details: { retryAfter: { from: 1, to: 8 } } });
});

describe('a gathering with a pace', () => {
  const EVERY_MS = 25;
  const ENOUGH = 4;

  /** The batches that such a gathering begins while the test moves the clock. */
  class Paced {
    readonly batches: (readonly string[])[] = [];

    private readonly gathering = new Gathering<string>(
      (_, userIds) => {
        this.batches.push(userIds);
        return Promise.resolve(userIds);
      },
      {
        ...{ batchesAtOnce: 2, batchSize: 10, patienceMs: PATIENCE_MS, mostAtOnce: 100 },
        onShed: () => undefined,
        pace: { everyMs: EVERY_MS, enough: ENOUGH },
      },
    );

    /** Asks, and lets happen whatever needs no time. */
    async ask(...userIds: string[]): Promise<void> {
      for (const userId of userIds) void this.gathering.ask('spring', userId);
      await this.pass(0);
    }

    async pass(ms: number): Promise<void> {
      jest.advanceTimersByTime(ms);
      await nextIteration();
    }
  }

  beforeEach(() => jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] }));
  afterEach(() => jest.useRealTimers());

  it('answers the first at once, and lets those who follow wait for one another', async () => {
    const looks = new Paced();
    await looks.ask('first');
    expect(looks.batches).toEqual([['first']]);
    await looks.ask('second');
    await looks.pass(EVERY_MS - 1);
    await looks.ask('third');
    expect(looks.batches).toEqual([['first']]);
    await looks.pass(1);
    expect(looks.batches).toEqual([['first'], ['second', 'third']]);
    await looks.pass(EVERY_MS);
    await looks.ask('fourth');
    expect(looks.batches.at(-1)).toEqual(['fourth']);
  });

  it('lets nobody wait once there are enough of them', async () => {
    const looks = new Paced();
    await looks.ask('first');
    await looks.ask('1', '2', '3');
    expect(looks.batches).toEqual([['first']]);
    await looks.ask('4');
    expect(looks.batches).toEqual([['first'], ['1', '2', '3', '4']]);
  });

  it('forgets campaigns that nobody asks about', async () => {
    const looks = new Paced();
    await looks.ask('first');
    await looks.ask('second');
    await looks.pass(EVERY_MS);
    expect(looks.batches).toEqual([['first'], ['second']]);
    await looks.pass(10 * EVERY_MS);
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('a gathering that waits for arrivals', () => {
  const ENOUGH = 5;
  const batches: (readonly string[])[] = [];
  let gathering: Gathering<string>;

  /** One comes in each turn of the event loop. */
  async function comeInTurn(...userIds: string[]): Promise<void> {
    for (const userId of userIds) {
      void gathering.ask('spring', userId);
      await nextIteration();
    }
  }

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] });
    batches.length = 0;
    gathering = new Gathering<string>(
      (_, userIds) => {
        batches.push(userIds);
        return Promise.resolve(userIds);
      },
      {
        ...{ batchesAtOnce: 2, batchSize: 10, patienceMs: PATIENCE_MS, mostAtOnce: 100 },
        ...{ onShed: () => undefined, enoughAtOnce: ENOUGH },
      },
    );
  });
  afterEach(() => jest.useRealTimers());

  it('takes those together who come one after the other, and waits for nobody else', async () => {
    await comeInTurn('1', '2', '3');
    expect(batches).toEqual([]);
    await nextIteration();
    await nextIteration();
    expect(batches).toEqual([['1', '2', '3']]);
  });

  it('lets nobody wait once there are enough of them', async () => {
    await comeInTurn('1', '2', '3', '4', '5');
    await nextIteration();
    expect(batches).toEqual([['1', '2', '3', '4', '5']]);
  });

  it('lets nobody wait for long while turns are long', async () => {
    await comeInTurn('1');
    jest.advanceTimersByTime(2);
    await comeInTurn('2');
    expect(batches).toEqual([['1', '2']]);
  });
});
