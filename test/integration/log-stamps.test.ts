import { Certificate, ContentInfo } from 'pkijs';
import { parseCheckpoint } from '../../src/transparency/formats/checkpoint.js';
import { parseNote } from '../../src/transparency/formats/signed-note.js';
import { toBase64 } from '../../src/transparency/formats/bytes.js';
import { parseTimeStamp } from '../../src/transparency/formats/time-stamp.js';
import { requestTimeStamp } from '../../src/transparency/stamping/stamp-client.js';
import { StampAuthorities } from '../../verification/verifier/stamps/stamp-authorities.js';
import type { Verdict } from '../../verification/verifier/verdict/verdict.js';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { namesIn, verifyText } from '../support/log-kit/verify-text.js';
import { LogReader, logVariables } from '../support/log-reader.js';
import { TimeStampAuthority } from '../support/time-stamp-authority.js';
import { type RunningApp, World } from '../support/world.js';

/** The second line of a proof, as far as these tests change it. */
interface Head {
  readonly checkpoints: readonly string[];
  readonly stamps: readonly { readonly size: number; readonly token: string }[];
}

let first: TimeStampAuthority;
let second: TimeStampAuthority;
let world: World;
let api: RunningApp;
let client: Client;
let log: LogReader;

beforeAll(async () => {
  [first, second] = await Promise.all([
    TimeStampAuthority.open('First Authority'),
    TimeStampAuthority.open('Second Authority', 'ec'),
  ]);
});

afterAll(() => Promise.all([first.close(), second.close()]));

async function openWorld(): Promise<void> {
  for (const authority of [first, second]) authority.manner = 'stamps';
  world = await World.create({ ...logVariables(), FINISH_AFTER_MS: '0' });
  api = await world.start('api');
  client = new Client(api);
  log = new LogReader(world);
}

/** A worker with authorities, once the log has begun. */
async function startWorker(...authorities: readonly TimeStampAuthority[]): Promise<RunningApp> {
  const urls = authorities.map(({ url }) => url).join(', ');
  const worker = await world.start('worker', { TRANSPARENCY_STAMP_URLS: urls });
  await log.begun();
  return worker;
}

async function runCampaign(id: string): Promise<void> {
  await client.createCampaign({ id, capacity: 1, opensAt: new Date(Date.now() + 3_000).toISOString() });
  await eventually(async () => expect((await client.claim(id, 1)).status).toBeLessThan(300));
  await log.leavesUpTo('end', id);
  await log.published();
}

/** Of what all leaves of a campaign were stamped by an authority. */
async function stampedUpTo(id: string, { url }: TimeStampAuthority): Promise<number> {
  return eventually(async () => {
    const [found] = await world.rows<{ size: number }>(
      `SELECT min(size)::float8 AS size FROM log_stamps
        WHERE authority = '${url}' AND size > (SELECT last_index FROM log_campaigns WHERE campaign_id = '${id}')`,
    );
    expect(found?.size).not.toBeNull();
    return found?.size ?? 0;
  });
}

async function proofOf(id: string): Promise<string> {
  return eventually(async () => {
    const answer = await api.http.get(`/v1/campaigns/${id}/proof`);
    expect(answer.status).toBe(200);
    return answer.text;
  });
}

function headOf(proof: string): Head {
  return JSON.parse(proof.split('\n')[1] ?? '') as Head;
}

function withHead(proof: string, change: (head: Head) => Partial<Head>): string {
  const head = headOf(proof);
  return proof
    .split('\n')
    .with(1, JSON.stringify({ ...head, ...change(head) }))
    .join('\n');
}

async function verified(proof: string, ...authorities: readonly TimeStampAuthority[]): Promise<Verdict> {
  const roots = await Promise.all(authorities.map((authority) => authority.root()));
  return verifyText(proof, {
    stamps: authorities.length === 0 ? null : StampAuthorities.parse(roots.join('')),
  });
}

describe('the log', () => {
  beforeEach(openWorld);
  afterEach(() => world.close());

  it('has the end of a campaign stamped by each authority, which the root of either shows offline', async () => {
    await startWorker(first, second);
    await runCampaign('stamped');
    const sizes = [await stampedUpTo('stamped', first), await stampedUpTo('stamped', second)];
    await runCampaign('later'); // the tree goes on behind what was stamped
    const proof = await proofOf('stamped');
    const byFirst = await verified(proof, first);
    expect(byFirst).toMatchObject({
      conclusion: 'proven',
      notes: expect.arrayContaining(['stamps-not-checked']),
    });
    const atEnd = byFirst.stamps.find(({ size }) => size === sizes[0]);
    expect(atEnd).toMatchObject({ authority: 'First Authority' });
    expect(Math.abs((atEnd?.atMs ?? 0) - Date.now())).toBeLessThan(600_000);
    const byBoth = await verified(proof, first, second);
    expect(byBoth.stamps.map(({ size, authority }) => `${authority} ${size}`)).toEqual(
      expect.arrayContaining([`First Authority ${sizes[0]}`, `Second Authority ${sizes[1]}`]),
    );
    expect(byBoth.notes).not.toContain('stamps-not-checked');
    expect(namesIn(byBoth)).toEqual([]); // that a stamp came late says nothing against the terms
  });

  it('goes on as ever while an authority is silent, and ends while it still asks', async () => {
    first.manner = 'hangs';
    const before = first.asked;
    const worker = await startWorker(first, second);
    await eventually(() => expect(first.asked).toBeGreaterThan(before));
    await runCampaign('undelayed');
    await stampedUpTo('undelayed', second);
    expect(await world.rows(`SELECT size FROM log_stamps WHERE authority = '${first.url}'`)).toEqual([]);
    await worker.close();
  });

  it.each(['repeats', 'refuses'] as const)('keeps nothing of an authority that %s', async (manner) => {
    await requestTimeStamp(first.url, 'something', AbortSignal.timeout(10_000));
    first.manner = manner;
    const before = first.asked;
    await startWorker(first);
    await runCampaign('unstamped');
    await eventually(() => expect(first.asked).toBeGreaterThan(before));
    expect(await world.rows('SELECT size FROM log_stamps')).toEqual([]);
    expect(headOf(await proofOf('unstamped')).stamps).toEqual([]);
  });
});

describe('a stamp', () => {
  let proof: string;

  beforeAll(async () => {
    await openWorld();
    await startWorker(first);
    await runCampaign('judged');
    await stampedUpTo('judged', first);
    proof = await proofOf('judged');
    await world.close();
  });

  const withToken = (change: (token: Buffer) => Uint8Array): string =>
    withHead(proof, ({ stamps }) => ({
      stamps: stamps.map(({ size, token }) => ({
        size,
        token: toBase64(change(Buffer.from(token, 'base64'))),
      })),
    }));

  it('is one to openssl too', async () => {
    const { checkpoints, stamps } = headOf(proof);
    expect(stamps).not.toEqual([]);
    for (const { size, token } of stamps) {
      const texts = checkpoints.map((note) => parseNote(note).text);
      const text = texts.find((of) => parseCheckpoint(of).size === size) ?? '';
      await first.verify(Buffer.from(token, 'base64'), text);
      await expect(first.verify(Buffer.from(token, 'base64'), `${text} `)).rejects.toThrow();
    }
  });

  it('of another text is refused', async () => {
    const other = await requestTimeStamp(first.url, 'another text', AbortSignal.timeout(10_000));
    const verdict = await verified(
      withToken(() => other),
      first,
    );
    expect(verdict).toMatchObject({ conclusion: 'violated', stamps: [] });
    expect(namesIn(verdict)).toContain('stamp-wrong');
  });

  const forgeries: Readonly<Record<string, (token: Buffer) => number>> = {
    time: (token) => token.indexOf(new Date().getUTCFullYear().toString()) + 3,
    hash: (token) => token.indexOf(parseTimeStamp(token).hash),
    certificate: (token) => token.indexOf('First Authority'),
    signature: (token) => token.length - 1,
  };

  it.each(Object.entries(forgeries))('whose %s was forged is refused', async (_, placeIn) => {
    const forged = withToken((token) => {
      const at = placeIn(token);
      return token.fill((token[at] ?? 0) ^ 1, at, at + 1);
    });
    const verdict = await verified(forged, first);
    expect(verdict.stamps).toEqual([]);
    expect(verdict.conclusion).not.toBe('proven');
  });

  it('by an authority that the reader does not name counts for nothing', async () => {
    expect(await verified(proof, second)).toMatchObject({
      ...{ conclusion: 'not-proven', reasons: ['not-stamped'], stamps: [] },
    });
  });

  it('is not demanded of readers who name no authority', async () => {
    const verdict = await verified(proof);
    expect(verdict).toMatchObject({ conclusion: 'proven', stamps: [] });
    expect(verdict.notes).toContain('stamps-not-checked');
    const without = await verified(withHead(proof, () => ({ stamps: [] })));
    expect(without.notes).not.toContain('stamps-not-checked');
  });

  it('by a key that may not stamp counts for nothing', async () => {
    const other = Certificate.fromBER(new Uint8Array(await first.otherCertificate()));
    const changed = withToken((token) => {
      const { signed } = parseTimeStamp(token);
      signed.certificates = [other];
      const content = new ContentInfo({
        contentType: ContentInfo.SIGNED_DATA,
        content: signed.toSchema(true),
      });
      return new Uint8Array(content.toSchema().toBER());
    });
    const verdict = await verified(changed, first);
    expect(verdict).toMatchObject({ conclusion: 'not-proven', reasons: ['not-stamped'] });
  });

  it('of a checkpoint that is not in the proof is no proof', async () => {
    const elsewhere = withHead(proof, ({ stamps }) => ({
      stamps: stamps.map((stamp) => ({ ...stamp, size: stamp.size + 1_000_000 })),
    }));
    await expect(verified(elsewhere, first)).rejects.toThrow('which is not there');
  });
});
