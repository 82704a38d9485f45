import { cp, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { findFreePort } from '../../tools/stack/servers/free-port.js';
import { sendSignal } from '../../tools/stack/process-table.js';
import { forge, inSeconds } from '../support/forged-tokens.js';
import { ownDataDir } from '../support/own-servers.js';
import { StartedTool, UP_WITHIN_MS } from '../support/started-tool.js';

const folder = ownDataDir();
const started: StartedTool[] = [];
let port: string;

function npmStart(): StartedTool {
  const tool = new StartedTool('start', folder, { PORT: port, LOG_LEVEL: 'info' });
  started.push(tool);
  return tool;
}

beforeAll(async () => {
  await cp('dist', join(folder, 'dist'), { recursive: true });
  await cp('package.json', join(folder, 'package.json'));
  for (const name of ['node_modules', '.cache']) await symlink(join(process.cwd(), name), join(folder, name));
  port = String(await findFreePort());
});

afterAll(async () => {
  for (const one of started) one.stop();
  await Promise.all(started.map((one) => one.ended));
}, UP_WITHIN_MS);

const secret = 'x'.repeat(32); // the one of `StartedTool`

async function claim(campaignId: string, userId: string): Promise<void> {
  const token = forge({ sub: userId, exp: inSeconds(600) }, { alg: 'HS256' }, secret);
  await fetch(`http://127.0.0.1:${port}/v1/campaigns/${campaignId}/grants`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}` },
  });
}

async function operate(method: string, path: string, body: object): Promise<number> {
  const token = forge({ sub: '1', scope: 'grants:admin', exp: inSeconds(600) }, { alg: 'HS256' }, secret);
  const { status } = await fetch(`http://127.0.0.1:${port}/v1/${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  return status;
}

it('npm start, while another one is stopping, waits for its end and then brings up servers of its own', async () => {
  const first = npmStart();
  await first.until(`listens on http://127.0.0.1:${port}`);
  for (const [call, loginUrl] of [
    ['session', '/login'],
    ['operator-session', '/console/login'],
  ]) {
    const answer = await fetch(`http://127.0.0.1:${port}/v1/${call}`);
    expect(await answer.json()).toMatchObject({ loginUrl }); // the development login
  }
  const terms = { name: 'Over', capacity: 1, amount: 1, currency: 'KRW', reversalPolicy: 'regrant' };
  expect(await operate('POST', 'campaigns', { id: 'over', ...terms })).toBe(201);
  for (const id of ['over', 'default']) await claim(id, '1');
  expect(await operate('PATCH', 'campaigns/over', { state: 'CLOSED' })).toBe(200);
  const service = await first.service();
  sendSignal(service, 'SIGSTOP'); // so that the test decides how long stopping takes
  first.stop();
  await first.until('Stopping');
  const second = npmStart();
  await second.until('is stopping: waiting for it');
  sendSignal(service, 'SIGCONT');
  await first.ended;
  expect(first.said).toMatch(/"event":"draining"[^]*"event":"drained"[^]*Stopped\.\s*$/);
  await second.until(`listens on http://127.0.0.1:${port}`);
  expect(second.said).toContain('Starting PostgreSQL and Redis');
  expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(200);
  for (const id of ['over', 'default']) await claim(id, '2');
  await second.until('"event":"gate-server-changed"');
  // What an orderly restart brings about by itself is nothing to warn of, least of all campaign by campaign.
  const lines = second.said.split('\n');
  expect(lines.filter((line) => /"level":"warn"/.test(line) && /"campaignId"/.test(line))).toEqual([]);
});
