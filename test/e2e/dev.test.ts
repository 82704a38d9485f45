import { appendFile, cp, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { processTable } from '../../tools/stack/process-table.js';
import { findFreePort } from '../../tools/stack/servers/free-port.js';
import { eventually } from '../support/eventually.js';
import { ownDataDir } from '../support/own-servers.js';
import { StartedTool, UP_WITHIN_MS } from '../support/started-tool.js';

const folder = ownDataDir();
let dev: StartedTool;
let url: string;

beforeAll(async () => {
  const copied = [
    'dist',
    'src',
    'migrations',
    'tsconfig.json',
    'tsconfig.build.json',
    'nest-cli.json',
    'package.json',
  ];
  for (const name of copied) await cp(name, join(folder, name), { recursive: true });
  for (const name of ['node_modules', '.cache']) await symlink(join(process.cwd(), name), join(folder, name));
  const port = String(await findFreePort());
  url = `http://127.0.0.1:${port}`;
  dev = new StartedTool('dev', folder, { PORT: port, APP_ROLE: 'worker' });
});

afterAll(async () => {
  dev.stop();
  await dev.ended;
}, UP_WITHIN_MS);

/** The service, once it is ready and is not `before`. */
async function readyService(before: number): Promise<number> {
  let service = 0;
  await eventually(async () => {
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    service = await dev.service();
    expect([0, before]).not.toContain(service);
  }, UP_WITHIN_MS);
  return service;
}

it('npm run dev opens an inspector, restarts the service when a source or a script changes, and leaves nothing running', async () => {
  await dev.until('The worker is up');
  const [, inspector] = /Debugger listening on ws:\/\/(127\.0\.0\.1:\d+)/.exec(dev.said) ?? [];
  expect(await (await fetch(`http://${inspector}/json/version`)).json()).toMatchObject({
    Browser: `node.js/${process.version}`,
  });

  const first = await readyService(0);
  await appendFile(join(folder, 'src', 'main.ts'), '\n// edited\n');
  const second = await readyService(first);
  await appendFile(join(folder, 'src', 'grants', 'slots', 'scripts', 'claim.lua'), '\n-- edited\n');
  await readyService(second);

  dev.stop();
  await dev.ended;
  expect((await processTable()).filter(({ commandLine }) => commandLine.includes(folder))).toEqual([]);
}, 240_000);
