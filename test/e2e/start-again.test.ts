import { cp, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { findFreePort } from '../../tools/stack/servers/free-port.js';
import { sendSignal } from '../../tools/stack/process-table.js';
import { ownDataDir } from '../support/own-servers.js';
import { StartedTool, UP_WITHIN_MS } from '../support/started-tool.js';

const folder = ownDataDir();
const started: StartedTool[] = [];
let port: string;

function npmStart(): StartedTool {
  const tool = new StartedTool('start', folder, { PORT: port });
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

it('npm start, while another one is stopping, waits for its end and then brings up servers of its own', async () => {
  const first = npmStart();
  await first.until(`listens on http://127.0.0.1:${port}`);
  const service = await first.service();
  sendSignal(service, 'SIGSTOP'); // so that the test decides how long stopping takes
  first.stop();
  await first.until('Stopping');
  const second = npmStart();
  await second.until('is stopping: waiting for it');
  sendSignal(service, 'SIGCONT');
  await first.ended;
  await second.until(`listens on http://127.0.0.1:${port}`);
  expect(second.said).toContain('Starting PostgreSQL and Redis');
  expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(200);
});
