import type { AttentionItem } from '../../src/live/attention/attention-code.js';
import { COSIGNATURE, formatVerifierKey, makeSignerKey } from '../../src/transparency/formats/note-key.js';
import { cosign, formatNote, parseNote } from '../../src/transparency/formats/signed-note.js';
import type { PublicLogView } from '../../src/transparency/standing/public-log.dto.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { logVariables } from '../support/log-reader.js';
import { World } from '../support/world.js';

const WITNESS = makeSignerKey('witness.example', new Uint8Array(32).fill(5), COSIGNATURE);
const COSIGNED_AT = 1_764_100_000;

let world: World;
let client: Client;

/** A log that a worker has written, which runs no more: from then on nobody tells how it is. */
beforeAll(async () => {
  world = await World.create({
    ...logVariables(),
    TRANSPARENCY_WITNESSES: `${formatVerifierKey(WITNESS)} http://127.0.0.1:1/`,
  });
  client = new Client(await world.start('api'));
  const worker = await world.start('worker');
  await eventually(async () => expect((await read()).wholeAt).not.toBeNull());
  await eventually(async () => {
    const { size, publishedSize } = await read();
    expect(publishedSize).toBeGreaterThan(0);
    expect(size).toBe(publishedSize);
  });
  await worker.close();
});

afterAll(() => world.close());

const read = async (): Promise<PublicLogView> =>
  (await client.operate('get', 'public-log')).body as PublicLogView;

/** What waits for a human because of the log. */
async function waiting(): Promise<(readonly [string, string | null])[]> {
  const { items } = (await client.operate('get', 'attention')).body as { items: AttentionItem[] };
  return items
    .filter(({ href }) => href === '/v1/public-log')
    .map(({ code, campaignId }) => [code, campaignId] as const);
}

/** Has the writer have told this. */
const told = (columns: string): Promise<unknown> => world.rows(`UPDATE log_state SET ${columns}`);

it('is told with its size, its age, its lag and its promise', async () => {
  const log = await read();
  expect(log).toMatchObject({ state: 'written', origin: 'test.example/log', stopped: [], setBackAt: null });
  expect(log.size).toBe(log.publishedSize);
  expect(log.promiseDelayMs).toBeGreaterThan(30_000);
  const [published, told, whole, asOf] = [log.publishedAt, log.toldAt, log.wholeAt, log.asOf].map((time) =>
    Date.parse(String(time)),
  ) as [number, number, number, number];
  expect(published).toBeLessThanOrEqual(asOf);
  expect(whole).toBeLessThanOrEqual(told);
  expect(told).toBeLessThanOrEqual(asOf);
});

it.each([
  ['nobody writes it', `told_at = now() - interval '1 min'`, 'not-written', 'log-not-written'],
  ['it is later than promised', `told_at = now(), whole_at = now() - interval '1 h'`, 'late', 'log-late'],
  [
    'it began long ago and never was whole',
    `told_at = now(), whole_at = NULL, log_leaf = regexp_replace(log_leaf, '[0-9]+$', '1764000000000')`,
    'late',
    'log-late',
  ],
  ['the database was set back', `told_at = now(), set_back_at = now()`, 'set-back', 'log-set-back'],
])('says when %s, and that somebody should look', async (_, columns, state, code) => {
  await told(columns);
  await eventually(async () => expect((await read()).state).toBe(state));
  await eventually(async () => expect(await waiting()).toEqual([[code, null]]));
  await told('told_at = now(), whole_at = now(), set_back_at = NULL');
  await eventually(async () => expect(await waiting()).toEqual([]));
});

it('names who cosigned last, and when', async () => {
  expect((await read()).witnesses).toEqual([{ name: 'witness.example', size: null, cosignedAt: null }]);
  const [{ checkpoint, size } = { checkpoint: '', size: 0 }] = await world.rows<{
    checkpoint: string;
    size: number;
  }>('SELECT checkpoint, checkpoint_size::float8 AS size FROM log_state');
  const { text, signatures } = parseNote(checkpoint);
  const cosigned = formatNote({ text, signatures: [...signatures, cosign(text, COSIGNED_AT, WITNESS)] });
  await world.rows('UPDATE log_state SET checkpoint = $1', [cosigned]);
  await eventually(async () =>
    expect((await read()).witnesses).toEqual([
      { name: 'witness.example', size, cosignedAt: new Date(COSIGNED_AT * 1_000).toISOString() },
    ]),
  );
});

it('names the campaigns that it stopped; one that is finished waits for nobody', async () => {
  await told('told_at = now(), whole_at = now()');
  await client.createCampaign({ id: 'stopped', capacity: 1 });
  for (const id of ['stopped', 'gone'])
    await world.rows(
      `WITH leaf AS (
         INSERT INTO log_leaves (log_index, campaign_id, leaf)
         SELECT max(log_index) + 1, $1, 'v1 stopped ' || $1 || ' not-justified 1764100000000' FROM log_leaves
         RETURNING log_index
       ) INSERT INTO log_campaigns (campaign_id, first_index, last_index, standing)
         SELECT $1, log_index, log_index, 'stopped' FROM leaf RETURNING campaign_id`,
      [id],
    );
  const stoppedAt = new Date(1_764_100_000_000).toISOString();
  await eventually(async () =>
    expect((await read()).stopped).toEqual([
      { campaignId: 'gone', stoppedAt, isFinished: true },
      { campaignId: 'stopped', stoppedAt, isFinished: false },
    ]),
  );
  await eventually(async () => expect(await waiting()).toEqual([['log-campaign-stopped', 'stopped']]));
});
