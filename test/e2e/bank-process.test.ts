import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BankProcess } from '../../verification/bank/bank-process.js';
import { processTable } from '../../tools/stack/process-table.js';
import { BankCustomer } from '../support/bank-customer.js';
import { newBankLog } from '../support/bank-folder.js';
import { eventually } from '../support/eventually.js';

const program = join(process.cwd(), 'dist', 'verification', 'bank.js');

afterAll(() => BankProcess.killAll());

/** Runs `node dist/verification/bank.js …` without the class, and waits for its first line of stdout. */
async function spawnBank(args: string[], env: Record<string, string>): Promise<[ChildProcess, string]> {
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env.PATH, BANK_SECRET: 'bearer', BANK_WEBHOOK_SECRET: 'signing', ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await eventually(() => expect(said).toContain('\n'), 30_000);
  return [child, said];
}

const isAlive = async (pid: number) => (await processTable()).some((entry) => entry.pid === pid);

it('nothing is answered before it is synced: no transfer, no look-up, no page', async () => {
  const logFile = await newBankLog();
  const gate = join(dirname(logFile), 'disk-is-busy');
  const slowDisk = join(dirname(logFile), 'slow-disk.cjs');
  // While the file `gate` exists, fsync does not return.
  await writeFile(
    slowDisk,
    `const { existsSync, promises } = require('node:fs');
     promises.open(__filename).then(async (file) => {
       const handle = Object.getPrototypeOf(file);
       await file.close();
       for (const name of ['sync', 'datasync']) {
         const original = handle[name];
         handle[name] = async function () {
           while (existsSync(${JSON.stringify(gate)})) await new Promise((go) => setTimeout(go, 10));
           return original.call(this);
         };
       }
     });`,
  );
  const [child, line] = await spawnBank(['--port', '0', '--log', logFile], {
    NODE_OPTIONS: `--require ${slowDisk}`,
  });
  try {
    const { url } = JSON.parse(line) as { url: string };
    const customer = new BankCustomer({ url, secret: 'bearer' });
    expect((await customer.pay('1')).status).toBe(201);
    await writeFile(gate, '');
    const answered: string[] = [];
    const asking = [customer.pay('2').then(() => answered.push('transfer'))];
    await eventually(async () => expect(await readFile(logFile, 'utf8')).toContain('"userId":"2"'));
    asking.push(
      customer.pay('2').then(() => answered.push('again')),
      customer.lookUp('2').then(() => answered.push('look-up')),
      customer.statement().then(() => answered.push('page')),
      customer.lookUp('1').then(() => answered.push('what is durable already')),
    );
    await eventually(() => expect(answered).not.toEqual([]));
    await sleep(300); // time for an answer that comes too early
    expect(answered).toEqual(['what is durable already']);
    await rm(gate);
    await Promise.all(asking);
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});

it('stdout has one line, which says where the bank is, and nothing else', async () => {
  const bank = await BankProcess.start({ logFile: await newBankLog() });
  expect(JSON.parse(bank.stdout)).toEqual({ url: bank.url, log: bank.logFile });
  await eventually(() => expect(bank.stderr).toContain(`PAYOUT_HTTP_URL=${bank.url}`));
  expect(bank.stdout + bank.stderr).not.toContain(bank.secret);
  expect(bank.stdout + bank.stderr).not.toContain(bank.webhookSecret);
});

it('a suspended bank answers once it is resumed, and can be stopped while suspended', async () => {
  const bank = await BankProcess.start({ logFile: await newBankLog() });
  const customer = new BankCustomer(bank);
  bank.suspend();
  let answered = false;
  const asked = customer.pay('1').finally(() => (answered = true));
  await sleep(200); // time for an answer from a bank that is not suspended
  expect(answered).toBe(false);
  bank.resume();
  expect((await asked).status).toBe(201);
  bank.suspend();
  await bank.stop();
  expect(bank.hasEnded).toBe(true);
});

it.each([
  ['ends by itself', false],
  ['is ended by the next start when it was suspended', true],
])('a bank whose starter was killed %s', async (_, suspended) => {
  const logFile = await newBankLog();
  const script = `
    const { BankProcess } = require(${JSON.stringify(join(dirname(program), 'bank', 'bank-process.js'))});
    BankProcess.start({ logFile: ${JSON.stringify(logFile)} }).then((bank) => console.log(bank.pid));`;
  const starter = spawn(process.execPath, ['-e', script], {
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = (await once(starter.stdout, 'data')) as [Buffer];
  const pid = Number(said.toString());
  expect(await isAlive(pid)).toBe(true);
  if (suspended) process.kill(pid, 'SIGSTOP');
  starter.kill('SIGKILL');
  await once(starter, 'exit');
  if (suspended) {
    expect(await isAlive(pid)).toBe(true);
    await BankProcess.start({ logFile: await newBankLog() });
  }
  await eventually(async () => expect(await isAlive(pid)).toBe(false));
});

it.each([
  ['--port', '65536'],
  ['--odds', '{"errorAfter":2}'],
  ['--odds', 'much'],
  ['--webhook-url', 'nowhere'],
  ['--key-memory-ms', '-1'],
  ['--nothing', '1'],
])('a wrong command line is refused with a sentence: %s %s', async (name, value) => {
  const args = [program, '--log', await newBankLog(), `${name}=${value}`];
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env.PATH, BANK_SECRET: 'bearer', BANK_WEBHOOK_SECRET: 'signing' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  expect(code).toBe(2);
  expect(said).toContain(name);
  expect(said).not.toMatch(/^\s+at /m);
});

it('ends when npm, which started it, is told to stop', async () => {
  const child = spawn('npm', ['run', '-s', 'bank', '--', '--port', '0', '--log', await newBankLog()], {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      BANK_SECRET: 'bearer',
      BANK_WEBHOOK_SECRET: 'signing',
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await eventually(() => expect(said).toContain('\n'), 30_000);
  const { url } = JSON.parse(said) as { url: string };
  const answers = async (): Promise<boolean> =>
    fetch(url).then(
      () => true,
      () => false,
    );
  expect(await answers()).toBe(true);
  child.kill('SIGTERM');
  await eventually(async () => expect(await answers()).toBe(false));
});
