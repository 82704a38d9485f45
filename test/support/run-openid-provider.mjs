// A real OpenID provider (oidc-provider) as a process of its own, since Jest on Node 20 does not load ES modules. Its
// one argument is the JSON of `OpenIdServerOptions` (openid-server.ts) and the issuer. Says "ready" when it listens.
import { argv, stdout } from 'node:process';
import { Provider } from 'oidc-provider';

const { issuer, clients, accounts, redirectUris } = JSON.parse(argv[2] ?? '{}');

const provider = new Provider(issuer, {
  clients: clients.map(({ id, secret }) => ({
    client_id: id,
    client_secret: secret,
    redirect_uris: redirectUris,
    response_types: ['code'],
    grant_types: ['authorization_code'],
  })),
  claims: { openid: ['sub', 'groups', 'user_id'], profile: ['name'] },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...accounts[id] }) }),
  pkce: { required: () => true },
  cookies: { keys: ['a key for tests alone'] },
  // Nobody is asked to consent: that page is the provider's own affair.
  loadExistingGrant: async ({ oidc }) => {
    const grant = new oidc.provider.Grant({
      clientId: oidc.client.clientId,
      accountId: oidc.session.accountId,
    });
    grant.addOIDCScope('openid profile');
    await grant.save();
    return grant;
  },
});

provider.listen(Number(new URL(issuer).port), '127.0.0.1', () => stdout.write('ready\n'));
