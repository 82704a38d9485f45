import { setTimeout as sleep } from 'node:timers/promises';
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
