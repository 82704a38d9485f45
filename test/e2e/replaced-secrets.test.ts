import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { REQUIRED } from '../../migrations/schema/required.js';
import { BankProcess } from '../../verification/bank/bank-process.js';
import { BalancedCrowd } from '../support/balanced-crowd.js';
import { Balancer } from '../support/balancer.js';
import { Client } from '../support/client.js';
import { dataFolderOf } from '../support/data-folder.js';
import { eventually } from '../support/eventually.js';
import { brokenPromises } from '../support/kept-promises.js';
import { OpenIdServer } from '../support/openid-server.js';
import { expectProblem } from '../support/problem.js';
import { ServiceProcess } from '../support/service-process.js';
import { Visitor } from '../support/visitor.js';
import { World } from '../support/world.js';

// docs/operations.md, "Replacing keys": each secret is exchanged while people claim, and nobody is lost.

const CAMPAIGN = 'drop';
/** How many people come before the first step, and in each. */
const SHARE = 150;

type Variables = Readonly<Record<string, string>>;

const worlds: World[] = [];
let provider: OpenIdServer | undefined;

afterAll(async () => {
  await ServiceProcess.killAll();
  for (const world of worlds) await world.close();
  await BankProcess.killAll();
  await provider?.stop();
});

async function newWorld(variables: Variables = {}): Promise<World> {
  const world = await World.create({
    ...{ LOG_LEVEL: 'warn', DATABASE_POOL_SIZE: '5', DRAIN_DELAY_MS: '1500', SHUTDOWN_DEADLINE_MS: '30000' },
    ...variables,
  });
  worlds.push(world);
  const app = await world.start('api');
  await new Client(app).createCampaign({ id: CAMPAIGN, capacity: 5_000 });
  await app.close();
  return world;
}

/** Instances that are replaced one after the other while a crowd claims. */
class Deployment {
  private constructor(
    private instances: ServiceProcess[],
    private readonly balancer: Balancer,
    readonly crowd: BalancedCrowd,
  ) {}

  static async of(variables: Variables): Promise<Deployment> {
    const roles = ['api', 'api', 'worker'];
    const instances: ServiceProcess[] = [];
    for (const APP_ROLE of roles) instances.push(await ServiceProcess.start({ ...variables, APP_ROLE }));
    const balancer = new Balancer(instances.slice(0, 2).map(({ url }) => url));
    const deployment = new Deployment(instances, balancer, new BalancedCrowd(balancer, CAMPAIGN));
    await deployment.serve();
    return deployment;
  }

  /** Another share of people come, and are answered. */
  async serve(): Promise<void> {
    const before = this.crowd.arrived;
    this.crowd.let(SHARE);
    await eventually(() => expect(this.crowd.arrived).toBe(before + SHARE), 60_000);
  }

  /** Replaces each instance, while people come. */
  async replace(changes: Variables): Promise<void> {
    const next: ServiceProcess[] = [];
    for (const instance of this.instances) {
      this.crowd.let(SHARE);
      expect(await instance.end('SIGTERM')).toEqual({ code: 0, signal: null });
      const again = await instance.again(changes);
      next.push(again);
      if (next.length < 3) await eventually(() => expect(this.balancer.has(again.url)).toBe(true));
    }
    this.instances = next;
  }

  /** Everybody who has come is paid. */
  isPaid(world: World): Promise<void> {
    return eventually(async () => {
      const counts = await world.rows(
        `SELECT status, count(*)::int AS people FROM user_grants WHERE campaign_id = $1 GROUP BY 1`,
        [CAMPAIGN],
      );
      expect(counts).toEqual([{ status: 'SUCCESS', people: this.crowd.arrived }]);
    }, 60_000);
  }

  /** Everybody who came has one answer, and is paid once. @param bankLog where a provider pays */
  async finish(world: World, bankLog?: string): Promise<void> {
    await this.crowd.finish();
    await this.balancer.stop();
    expect(this.crowd.complaints.slice(0, 10)).toEqual([]);
    await this.isPaid(world);
    expect(await brokenPromises(world, CAMPAIGN, this.crowd.client.history, bankLog)).toEqual([]);
    for (const instance of this.instances) expect((await instance.end('SIGTERM')).code).toBe(0);
  }
}

it('PAYOUT_HTTP_SECRET: everybody is paid once while the provider exchanges it', async () => {
  const logFile = join(dataFolderOf('replaced-secrets'), 'bank.jsonl');
  const bank = await BankProcess.start({ logFile });
  const world = await newWorld({
    ...{
      ...bank.serviceVariables,
      PAYOUT_HTTP_RATE: '1000',
      PAYOUT_RETRY_MS: '100',
      PAYOUT_RETRY_MAX_MS: '400',
    },
  });
  const old = bank.secret;
  const fresh = randomBytes(24).toString('hex');
  const deployment = await Deployment.of(world.variables);
  await deployment.replace({ PAYOUT_HTTP_SECRET: `${fresh}|${old}` });
  await bank.stop();
  await bank.restartWith(fresh);
  await deployment.serve();
  await deployment.isPaid(world); // while both are set
  await deployment.replace({ PAYOUT_HTTP_SECRET: fresh });
  await deployment.serve();
  await deployment.finish(world, logFile);
}, 300_000);

it('the role of Postgres: a second one takes over, and the first is dropped', async () => {
  const world = await newWorld();
  const [first, second] = [await roleIn(world), await roleIn(world)];
  const deployment = await Deployment.of({ ...world.variables, DATABASE_URL: first.url });
  await deployment.replace({ DATABASE_URL: second.url });
  await world.rows(`DROP OWNED BY ${first.name}`);
  await world.rows(`DROP ROLE ${first.name}`);
  await deployment.serve();
  await deployment.finish(world);
  await world.rows(`DROP OWNED BY ${second.name}`);
  await world.rows(`DROP ROLE ${second.name}`);
}, 300_000);

/** A role with the rights that the service needs, and no others (docs/running.md). */
async function roleIn(world: World): Promise<{ readonly name: string; readonly url: string }> {
  const [name, password] = [`seonchak_${randomBytes(6).toString('hex')}`, randomBytes(12).toString('hex')];
  await world.rows(`CREATE ROLE ${name} LOGIN PASSWORD '${password}'`);
  await world.rows(`GRANT SELECT ON migrations TO ${name}`);
  for (const [table, { rights }] of Object.entries(REQUIRED))
    await world.rows(`GRANT ${rights} ON ${table} TO ${name}`);
  const url = new URL(world.variables.DATABASE_URL ?? '');
  [url.username, url.password] = [name, password];
  return { name, url: url.href };
}

it('LOGIN_OIDC_CLIENT_SECRET: who is signed in claims meanwhile, and others sign in again', async () => {
  const site = 'https://give.test';
  const client = { id: 'claimants', secret: 'the secret of this year' };
  const options = { clients: [client], accounts: {}, redirectUris: [`${site}/login/callback`] };
  provider = await OpenIdServer.start(options);
  const world = await newWorld({
    PUBLIC_ORIGIN: site,
    COOKIE_SECRET: 'a secret that seals the cookies of tests alone',
    LOGIN_OIDC_ISSUER: provider.issuer,
    LOGIN_OIDC_CLIENT_ID: client.id,
    LOGIN_OIDC_CLIENT_SECRET: client.secret,
  });
  const own = { 'Sec-Fetch-Site': 'same-origin' };
  const claims = `/v1/campaigns/${CAMPAIGN}/grants`;
  const start = (LOGIN_OIDC_CLIENT_SECRET: string) => world.start('api', { LOGIN_OIDC_CLIENT_SECRET });
  const before = await start(client.secret);
  const early = new Visitor(site, before.url);
  await early.signIn('/login', '/c/drop', '101');

  client.secret = 'the secret of the next year';
  await provider.stop();
  await provider.startAgain();
  expect((await early.ask(claims, { method: 'POST', headers: own })).status).toBe(202);
  await expect(new Visitor(site, before.url).signIn('/login', '/c/drop', '102')).rejects.toThrow(/: 503 /);
  expect((await early.ask(`${claims}/me`)).status).toBe(200); // the service itself is well

  const after = await start(client.secret);
  const kept = new Visitor(site, after.url);
  kept.setCookie('__Host-seonchak-session', early.cookie('__Host-seonchak-session') ?? '');
  expect((await kept.ask(claims, { method: 'POST', headers: own })).status).toBe(200);
  const late = new Visitor(site, after.url);
  await late.signIn('/login', '/c/drop', '102');
  expect((await late.ask(claims, { method: 'POST', headers: own })).status).toBe(202);
  expectProblem(
    await new Visitor(site, after.url).ask(claims, { method: 'POST', headers: own }),
    401,
    'invalid-token',
  );
});
