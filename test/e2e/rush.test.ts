import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { JWT_SECRET, type RunningApp, World } from '../support/world.js';

/** `npm run rush`, as a process that can be interrupted. */
class RushRun {
  said = '';
  readonly ended: Promise<number | null>;
  private readonly child: ChildProcess;

  constructor(args: readonly string[], variables: Readonly<Record<string, string>>) {
    const { PATH, HOME } = process.env;
    this.child = spawn(process.execPath, [join(process.cwd(), 'dist', 'verification', 'rush.js'), ...args], {
      env: { PATH, HOME, ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (chunk: Buffer) => (this.said += chunk.toString()));
    this.ended = once(this.child, 'close').then(([code]) => code as number | null);
  }

  until(words: string | RegExp, withinMs = 60_000): Promise<void> {
    return eventually(() => expect(this.said).toMatch(words), withinMs);
  }

  interrupt(): void {
    this.child.kill('SIGINT');
  }
}

let world: World;
let api: RunningApp;
let client: Client;

beforeAll(async () => {
  world = await World.create({ SLOT_LEASE_MS: '30000' });
  api = await world.start('api');
  await world.start('worker');
  client = new Client(api);
});

afterAll(() => world.close());

function rushHere(...args: string[]): RushRun {
  const { DATABASE_URL = '', REDIS_URL = '' } = world.variables;
  return new RushRun(['--url', api.url, '--connections', '8', ...args], {
    ...{ DATABASE_URL, REDIS_URL, JWT_SECRET },
  });
}

/** How many wallets are closed, and the states of the campaigns that rushes have made. */
async function left(): Promise<{ closedWallets: number; campaigns: Record<string, string> }> {
  const [closed] = await world.rows<{ count: number }>(
    `SELECT count(*)::int FROM ledger_accounts WHERE closed_at IS NOT NULL`,
  );
  const { body } = await client.operate('get', 'campaigns?search=rush-');
  const items = (body as { items: { id: string; state: string }[] }).items;
  return {
    closedWallets: closed!.count,
    campaigns: Object.fromEntries(items.map(({ id, state }) => [id, state])),
  };
}

describe('npm run rush -- --url', () => {
  it('opens the wallets that it has closed, and closes its campaign', async () => {
    const rush = rushHere('--users', '60', '--capacity', '20', '--closed-wallets', '10', '--seed', '5');
    expect([await rush.ended, rush.said]).toEqual([0, expect.stringContaining('10 wallets are open again')]);
    const { closedWallets, campaigns } = await left();
    expect(closedWallets).toBe(0);
    expect(Object.values(campaigns)).toEqual(['CLOSED']);
  }, 90_000);

  it('leaves everything with --keep, and never opens what somebody else has closed', async () => {
    const kept = rushHere(
      '--users',
      '30',
      '--capacity',
      '10',
      '--closed-wallets',
      '5',
      '--seed',
      '6',
      '--keep',
    );
    expect([await kept.ended, kept.said]).toEqual([0, expect.not.stringContaining('open again')]);
    expect((await left()).closedWallets).toBe(5);
    // The same seed draws the same people, whose wallets are closed already.
    const again = rushHere('--users', '30', '--capacity', '10', '--closed-wallets', '5', '--seed', '6');
    expect([await again.ended, again.said]).toEqual([0, expect.stringContaining('0 wallets are open again')]);
    expect((await left()).closedWallets).toBe(5);
  }, 120_000);

  it('undoes what it has made when it is interrupted', async () => {
    const before = await left();
    const rush = rushHere('--users', '3000', '--capacity', '1000', '--closed-wallets', '2000');
    await rush.until(/Campaign rush-/);
    await eventually(async () => expect((await left()).closedWallets).toBeGreaterThan(before.closedWallets));
    rush.interrupt();
    expect(await rush.ended).toBe(130);
    expect(rush.said).toMatch(/Campaign rush-\w+ is deleted/);
    expect(await left()).toEqual(before);
  }, 90_000);

  it('keeps nothing of servers of its own, so --keep is refused', async () => {
    const rush = new RushRun(['--keep'], {});
    expect(await rush.ended).toBe(2);
    expect(rush.said).toContain('--url');
  });
});

describe('npm run rush -- --watch', () => {
  it('says where to watch, and leaves the service up until Ctrl-C', async () => {
    const rush = new RushRun(['--watch', '--users', '40', '--capacity', '10', '--connections', '4'], {});
    await rush.until(/Watch it in a browser: http:\S+\/console/);
    await rush.until(/The service stays up at/, 90_000);
    const [url = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(rush.said) ?? [];
    expect((await fetch(`${url}/v1/time`)).status).toBe(200);
    rush.interrupt();
    expect(await rush.ended).toBe(0);
    await expect(fetch(`${url}/v1/time`)).rejects.toThrow();
  }, 150_000);
});
