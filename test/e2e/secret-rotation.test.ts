import { randomBytes } from 'node:crypto';
import { eventually } from '../support/eventually.js';
import { forge, inSeconds } from '../support/forged-tokens.js';
import { expectProblem } from '../support/problem.js';
import { ProviderWorld } from '../support/provider-world.js';
import { type RunningApp, World } from '../support/world.js';

const OLD = 'the secret that tokens are signed with today';
const NEW = 'the secret that they are signed with from now on';

describe('replacing the secret of tokens', () => {
  let world: World;

  beforeAll(async () => {
    world = await World.create();
  });

  afterAll(() => world.close());

  const ask = (app: RunningApp, secret: string) =>
    app.http
      .get('/v1/campaigns/default/grants/me')
      .set('Authorization', `Bearer ${forge({ sub: '1', exp: inSeconds(60) }, { alg: 'HS256' }, secret)}`);

  it.each([
    ['before', OLD, [OLD], [NEW, `${NEW}|${OLD}`]],
    ['during', `${NEW}|${OLD}`, [OLD, NEW], [`${NEW}|${OLD}`]],
    ['after', NEW, [NEW], [OLD]],
  ])('%s: with JWT_SECRET %j', async (_, JWT_SECRET, taken, refused) => {
    const app = await world.start('api', { JWT_SECRET });
    // Twice each: the second time the service may recognise the token.
    for (const secret of [...taken, ...taken]) expectProblem(await ask(app, secret), 404, 'no-claim');
    for (const secret of [...refused, ...refused])
      expectProblem(await ask(app, secret), 401, 'invalid-token');
  });
});

describe('replacing the secrets that are shared with a provider', () => {
  const whsec = `whsec_${randomBytes(32).toString('base64')}`;
  let at: ProviderWorld;

  beforeAll(async () => {
    at = await ProviderWorld.start('secret-rotation', {}, { webhookSecret: whsec });
    await at.client.createCampaign({ id: 'exchanged', capacity: 10 });
  });

  afterAll(() => at.close());

  it.each([
    ['the new of two secrets', 1, (one: string) => `${one}|a secret of which nobody knows`],
    ['the old of two secrets', 2, (one: string) => `a secret of which nobody knows|${one}`],
  ])('a webhook of the bank that is signed with %s is accepted', async (_, userId, listOf) => {
    const { secret } = at.bank;
    const app = await at.world.start('all', {
      PAYOUT_HTTP_SECRET: `${secret}|a secret of which nobody knows`,
      PAYOUT_WEBHOOK_SECRET: listOf(whsec),
    });
    await at.bank.control.setWebhookUrl(`${app.url}/v1/payout-events`);
    expect((await at.client.claim('exchanged', userId)).status).toBe(202);
    await eventually(async () => expect((await at.payout('exchanged', userId))?.state).toBe('SETTLED'));
    await at.bank.control.reverse(`grant:exchanged:${userId}`);
    await eventually(async () => expect((await at.payout('exchanged', userId))?.state).toBe('REVERSED'));
    await app.close();
  });
});
