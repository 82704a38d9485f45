import { setTimeout as sleep } from 'node:timers/promises';
import { Gathering } from '../../src/grants/gathering.js';

const PATIENCE_MS = 200;

it('begins nothing for who has waited too long, so that after an overload the rest are served at once', async () => {
  const batches: (readonly string[])[] = [];
  let goOn = (): void => undefined;
  const stuck = new Promise<void>((resolve) => (goOn = resolve));
  const gathering = new Gathering<string>(
    async (_, userIds) => {
      batches.push(userIds);
      await stuck;
      return userIds.map((userId) => `of ${userId}`);
    },
    { batchesAtOnce: 1, batchSize: 10, patienceMs: PATIENCE_MS },
  );

  const first = gathering.ask('rush', 'first');
  while (batches.length === 0) await sleep(1);
  const gone = ['second', 'third'].map((userId) => gathering.ask('rush', userId));
  const refused = expect(Promise.allSettled(gone)).resolves.toMatchObject(
    gone.map(() => ({ status: 'rejected', reason: { status: 503 } })),
  );
  await sleep(PATIENCE_MS + 50);
  const last = gathering.ask('rush', 'last');
  goOn();

  expect(await first).toBe('of first');
  await refused;
  expect(await last).toBe('of last');
  expect(batches).toEqual([['first'], ['last']]);
});
