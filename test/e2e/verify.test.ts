import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toBase64 } from '../../src/transparency/formats/bytes.js';
import { formatVerifierKey } from '../../src/transparency/formats/note-key.js';
import { parseNote } from '../../src/transparency/formats/signed-note.js';
import { requestTimeStamp } from '../../src/transparency/stamping/stamp-client.js';
import type { Verdict } from '../../verification/verifier/verdict/verdict.js';
import { CampaignWriter } from '../../verification/sample-log/campaign-writer.js';
import { CAMPAIGN, goodLog } from '../support/log-kit/good-log.js';
import { commitmentOf, promise } from '../support/log-kit/receipts.js';
import { LOG_KEY, SignedLog } from '../support/log-kit/signed-log.js';
import { writeTiles } from '../support/log-kit/write-tiles.js';
import { TimeStampAuthority } from '../support/time-stamp-authority.js';

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function verify(args: readonly string[], input = ''): Promise<Run> {
  const child = spawn(process.execPath, [join(__dirname, '../../dist/verification/verify.js'), ...args]);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdin.on('error', () => undefined); // it may not want any
  child.stdin.end(input);
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
}

/** Three tiles of entries, the last of them partial. */
function longLog(): SignedLog {
  const leaves = goodLog(commitmentOf);
  const terms = { campaign: 'long', capacity: 300, waitingCapacity: 0, reversalPolicy: 'keep' } as const;
  const long = new CampaignWriter(terms, (leaf) => void leaves.push(leaf));
  long.begin();
  while (long.claim());
  long.end();
  return new SignedLog(leaves);
}

const log = longLog();
let folder: string;
let server: Server;
let url: string;

const saved = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seonchak-verify-'));
  await writeTiles(saved('log'), log);
  await writeFile(saved('good.proof'), log.proof(CAMPAIGN));
  await writeFile(
    saved('tampered.proof'),
    log.proof(CAMPAIGN).replace('paid ten-won 4 4', 'paid ten-won 4 3'),
  );
  const mutant = new SignedLog(log.leaves.filter((leaf) => !leaf.startsWith('v1 claim ten-won 1 3 ')));
  await writeFile(saved('resigned.proof'), mutant.proof(CAMPAIGN));
  await writeFile(saved('other.checkpoint'), mutant.checkpoint(20));
  await writeFile(saved('same.checkpoint'), log.checkpoint(20));
  const claim = log.leaves.find((leaf) => leaf.startsWith('v1 claim ten-won 1 4 ')) ?? '';
  await writeFile(
    saved('mine.txt'),
    promise({ arrivalNo: 4, epoch: 1, createdAtMs: Number(claim.split(' ')[5]) }),
  );
  await writeFile(saved('broken.txt'), promise({ arrivalNo: 12, epoch: 2, createdAtMs: 1_764_100_000_000 }));
  server = createServer((request, response) => {
    const path =
      request.url === '/v1/campaigns/ten-won/proof'
        ? 'good.proof'
        : request.url?.replace('/v1/transparency', 'log');
    readFile(saved(path ?? '')).then(
      (content) => response.end(content),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

describe('npm run verify', () => {
  it('proves a file, and says where a receipt is in it', async () => {
    const { code, stdout } = await verify([saved('good.proof'), '--receipt', saved('mine.txt')]);
    expect(stdout).toContain('Your receipt is in it, at place 4: you were paid.');
    expect(stdout).toMatch(/^PROVEN: /);
    expect(code).toBe(0);
  });

  it('reads standard input', async () => {
    expect(await verify(['-'], log.proof(CAMPAIGN))).toMatchObject({ code: 0, stderr: '' });
  });

  it.each(['/v1/campaigns/ten-won/proof', '/v1/transparency', '/v1/transparency/checkpoint', '', '/'])(
    'reads a URL: %s',
    async (path) => {
      const { code, stdout } = await verify([`${url}${path}`, '--campaign', CAMPAIGN]);
      expect(stdout).toContain('Campaign ten-won: 4 slots; 9 came: 4 paid');
      expect(code).toBe(0);
    },
  );

  it('reads a whole log from a folder, with all its campaigns', async () => {
    const { code, stdout } = await verify([saved('log'), '--json']);
    const verdict = JSON.parse(stdout) as Verdict;
    expect(verdict.campaigns.map(({ campaign }) => campaign)).toEqual(['other', CAMPAIGN, 'long']);
    expect(verdict).toMatchObject({ conclusion: 'proven', size: log.leaves.length });
    expect(code).toBe(0);
  });

  it('calls a changed file violated, and names rule and leaf of one that was signed again', async () => {
    const tampered = await verify([saved('tampered.proof')]);
    expect(tampered.stdout).toContain('[root-differs]');
    expect(tampered.code).toBe(1);
    const resigned = await verify([saved('resigned.proof')]);
    expect(resigned.stdout).toMatch(/\[arrivals-in-order\]\n +leaf \d+: v1 claim ten-won 1 4 /);
    expect(resigned.code).toBe(1);
  });

  it('compares with what somebody else was shown', async () => {
    expect((await verify([saved('good.proof'), '--also', saved('same.checkpoint')])).code).toBe(0);
    const { code, stdout } = await verify([saved('good.proof'), '--also', saved('other.checkpoint')]);
    expect(stdout).toContain('[two-histories]');
    expect(code).toBe(1);
  });

  it('takes a broken promise for evidence', async () => {
    const { code, stdout } = await verify([saved('good.proof'), '--receipt', saved('broken.txt')]);
    expect(stdout).toContain('it proves that the operator broke the promise');
    expect(code).toBe(1);
  });

  it('does not prove what another key or policy does not trust', async () => {
    const policy = saved('three.policy');
    await writeFile(
      policy,
      (await readFile(saved('log/policy'), 'utf8')).replace('all-of-us 2', 'all-of-us 3'),
    );
    expect((await verify([saved('good.proof'), '--policy', policy])).code).toBe(0);
    await writeFile(saved('weak.proof'), log.proof(CAMPAIGN, [log.checkpoint(undefined, { witnesses: [] })]));
    expect((await verify([saved('weak.proof'), '--policy', policy])).code).toBe(3);
    const key = formatVerifierKey(LOG_KEY);
    expect((await verify([saved('good.proof'), '--key', key])).code).toBe(0);
  });

  it.each([
    [['nothing-here']],
    [[__filename]],
    [[]],
    [['good.proof', '--receipt', __filename]],
    [['good.proof', '--key', 'nonsense']],
    [['good.proof', '--campaign', 'other']],
  ])('can not judge, and says why in one sentence: %j', async (args) => {
    const { code, stdout, stderr } = await verify(
      args.map((arg) => (arg === 'good.proof' ? saved(arg) : arg)),
    );
    expect(stderr).toMatch(/^[A-Z][^\n]+\n$/);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});

it('checks time stamps by the certificates that it is given', async () => {
  const authority = await TimeStampAuthority.open('An Authority');
  const { text } = parseNote(log.checkpoint());
  const token = await requestTimeStamp(authority.url, text, AbortSignal.timeout(10_000));
  const [format, head = '', ...tree] = log.proof(CAMPAIGN).split('\n');
  const stamps = [{ size: log.leaves.length, token: toBase64(token) }];
  const stamped = { ...(JSON.parse(head) as object), stamps };
  await writeFile(saved('stamped.proof'), [format, JSON.stringify(stamped), ...tree].join('\n'));
  await writeFile(saved('root.pem'), await authority.root());
  await authority.close();
  const by = (proof: string, certificates: string) =>
    verify([saved(proof), '--stamped-by', saved(certificates)]);
  expect(await by('stamped.proof', 'root.pem')).toMatchObject({
    ...{ code: 0, stdout: expect.stringContaining('leaves stamped by An Authority at ') as string },
  });
  expect(await by('good.proof', 'root.pem')).toMatchObject({ code: 3 });
  expect(await by('stamped.proof', 'mine.txt')).toMatchObject({ code: 2 });
  expect((await verify([saved('stamped.proof')])).stdout).toContain('time stamps that were not checked');
});
