import { eventually } from '../support/eventually.js';
import { isStopped } from '../support/process-state.js';
import { RecordingClient } from '../support/recording-client.js';
import { ServiceProcess } from '../support/service-process.js';
import { World } from '../support/world.js';

let world: World;

beforeAll(async () => {
  world = await World.create({ LOG_LEVEL: 'warn' });
});

afterAll(async () => {
  await ServiceProcess.killAll();
  await world.close();
});

it('a process that freezes in the middle of a rebuild does not block claims until it thaws', async () => {
  const campaignId = 'half-rebuilt';
  const variables = { ...world.variables, APP_ROLE: 'api' };
  const frozen = await ServiceProcess.start({ ...variables, FAILPOINTS: 'rebuild.staged:stop' });
  const other = await ServiceProcess.start(variables);
  const client = new RecordingClient('client');
  const ask = (url: string, userId: number): ReturnType<RecordingClient['ask']> =>
    client.ask(url, { op: 'claim', campaignId, userId });
  const body = {
    id: campaignId,
    name: campaignId,
    capacity: 3,
    waitingCapacity: 0,
    amount: 10,
    currency: 'KRW',
  };
  const created = await client.ask(other.url, { op: 'create', campaignId, userId: null, body });
  expect(created.status).toBe(201);
  expect((await ask(other.url, 1)).status).toBe(202);
  await world.redis.flushdb();

  const unanswered = ask(frozen.url, 2);
  unanswered.catch(() => undefined);
  await eventually(async () => expect(await isStopped(frozen.pid)).toBe(true));
  // The frozen process holds the lock under which gates are rebuilt, and its connection looks alive.
  await eventually(async () => expect((await ask(other.url, 3)).status).toBeLessThan(300), 45_000);
  expect(await isStopped(frozen.pid)).toBe(true);

  // The frozen process resumes a rebuild that is out of date: the gate in place is the other's.
  frozen.signal('SIGCONT');
  await eventually(async () => {
    const answers = await Promise.all([frozen.url, other.url].map((url) => ask(url, 2)));
    const places = answers.map(({ body: told }) => (told as { arrivalNo: number }).arrivalNo);
    expect(places).toEqual([3, 3]);
  });
  expect((await ask(other.url, 1)).body).toMatchObject({ arrivalNo: 1, grantSeq: 1 });
  expect(await world.rows(`SELECT user_id, grant_seq FROM user_grants ORDER BY arrival_no`)).toEqual([
    { user_id: '1', grant_seq: 1 },
    { user_id: '3', grant_seq: 2 },
    { user_id: '2', grant_seq: 3 },
  ]);
  client.close();
});
