import { constants, createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import fc from 'fast-check';
import { digestAtRest, digestOf } from '../support/digest.js';
import { AnswerRules } from '../support/fuzz/answer-rules.js';
import { Asking } from '../support/fuzz/asking.js';
import { Findings } from '../support/fuzz/findings.js';
import { FUZZ_SCALE, FUZZ_SEED } from '../support/fuzz/fuzz-seed.js';
import { OpenApi } from '../support/fuzz/openapi.js';
import { type Issuer, type TokenCase, tokenCases } from '../support/fuzz/tokens.js';
import { type Question, send } from '../support/http.js';
import { compact, inSeconds } from '../support/forged-tokens.js';
import { jwk, KeyServers } from '../support/key-server.js';
import { JWT_SECRET, type RunningApp, World } from '../support/world.js';

const CASES = 2_000 * FUZZ_SCALE;
const BATCH = 250;
const ISSUER = 'https://issuer.test';
const AUDIENCE = 'seonchak';
const CAMPAIGNS = ['full', 'other', 'default', 'nope'];

const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const stranger = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const partner = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** A key that the set lists without an algorithm, so that the service decides which ones are allowed. */
const ANY_KID = 'rsa-any';

const hmac =
  (secret: string | Buffer, hash = 'sha256') =>
  (signed: string) =>
    createHmac(hash, secret).update(signed).digest();
const rs256 = (key: KeyObject) => (signed: string) => sign('sha256', Buffer.from(signed), key);

let world: World;
let trapped = 0;
let keysFetched = 0;
const keyServers = new KeyServers();
const findings = new Findings();

/** The public key, which everybody knows, in all the forms in which a verifier might hold it. */
const publicForms: readonly (string | Buffer)[] = [
  ...(['spki', 'pkcs1'] as const).flatMap((type) => {
    const pem = rsa.publicKey.export({ type, format: 'pem' }).toString();
    return [
      pem,
      pem.trim(),
      pem.replaceAll('\n', ''),
      pem.replaceAll('\n', '\r\n'),
      rsa.publicKey.export({ type, format: 'der' }),
    ];
  }),
  JSON.stringify(rsa.publicKey.export({ format: 'jwk' })),
  JSON.stringify(jwk(rsa.publicKey, 'rsa-1', 'RS256')),
  String(rsa.publicKey.export({ format: 'jwk' }).n),
  Buffer.from(String(rsa.publicKey.export({ format: 'jwk' }).n), 'base64url'),
  '',
  'rsa-1',
];

const confused = publicForms.flatMap((secret) =>
  (['HS256', 'HS384', 'HS512'] as const).flatMap((alg) =>
    [{ alg }, { alg, kid: 'rsa-1' }].map((header) => ({
      what: `${alg} with the public key`,
      header,
      sign: hmac(secret, `sha${alg.slice(2)}`),
    })),
  ),
);

const notAllowed = ['RS384', 'RS512'].map((alg) => ({
  what: `${alg}, which is not on the list`,
  header: { alg, kid: ANY_KID },
  sign: (signed: string) => sign(`sha${alg.slice(2)}`, Buffer.from(signed), rsa.privateKey),
}));

const asStranger = [
  { what: "a stranger's key", header: { alg: 'RS256', kid: 'rsa-1' }, sign: rs256(stranger.privateKey) },
  {
    what: 'a key brought along',
    header: { alg: 'RS256', kid: 'x', jwk: jwk(stranger.publicKey, 'x', 'RS256') },
    sign: rs256(stranger.privateKey),
  },
  { what: 'an empty ECDSA signature', header: { alg: 'ES256', kid: 'ec-1' }, sign: () => Buffer.alloc(64) },
  {
    what: 'an RSA signature of zeros',
    header: { alg: 'RS256', kid: 'rsa-1' },
    sign: () => Buffer.alloc(256),
  },
  {
    what: 'PSS where the key is for RS256',
    header: { alg: 'PS256', kid: 'rsa-1' },
    sign: (signed: string) =>
      sign('sha256', Buffer.from(signed), {
        key: rsa.privateKey,
        padding: constants.RSA_PKCS1_PSS_PADDING,
        saltLength: 32,
      }),
  },
];

beforeAll(async () => {
  world = await World.create({ JWT_ISSUER: ISSUER, JWT_AUDIENCE: AUDIENCE, RATE_LIMIT_PER_IP: '1000000000' });
});

afterAll(async () => {
  await world.close();
  keyServers.end();
});

/** A key server of the attacker: a connection to it means that the service believed a token about its own keys. */
async function trapUrl(): Promise<string> {
  const { url, server } = await keyServers.serve((_, response) => {
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ keys: [jwk(stranger.publicKey, 'stranger', 'RS256')] }));
  });
  server.on('connection', () => trapped++);
  return url;
}

interface Asked {
  readonly question: Question;
  readonly token: TokenCase;
  readonly campaignId: string;
}

const asked = (token: TokenCase, campaignId: string, claims: boolean): Asked => ({
  token,
  campaignId,
  question: {
    method: claims ? 'POST' : 'GET',
    path: `/v1/campaigns/${campaignId}/grants${claims ? '' : '/me'}`,
    headers: [
      ['Host', 'x'],
      ...(claims ? [['Content-Length', '0'] as const] : []),
      ...token.authorizations.map((value) => ['Authorization', inBytes(value)] as const),
      // Only the token may say who the caller is.
      ['X-User-Id', '1'],
      ['Cookie', 'userId=1'],
    ],
  },
});

/** The text in a form that a header can hold. */
const inBytes = (text: string): string =>
  Buffer.from(text)
    .toString('latin1')
    .replaceAll(/[^\t\u0020-\u007e\u0080-\u00ff]/g, '');

/** Makes two campaigns in which the users of the tokens have grants to read. */
async function claimAsUsers(api: RunningApp, { header, sign: signature }: Issuer): Promise<void> {
  const ask = (sub: string, question: Question) => {
    const claims = { sub, scope: 'grants:admin', exp: inSeconds(600), iss: ISSUER, aud: AUDIENCE };
    const token = compact(JSON.stringify(header), JSON.stringify(claims), signature);
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
    return send(api.url, { method: 'POST', ...question, headers });
  };
  for (const id of ['full', 'other']) {
    const terms = { id, name: id, capacity: 100, amount: 10, currency: 'KRW' };
    const { status } = await ask('1', { path: '/v1/campaigns', body: JSON.stringify(terms) });
    expect([201, 200]).toContain(status);
    const users = Array.from({ length: 60 }, (_, i) => String(i + 1));
    const claims = await Promise.all(users.map((user) => ask(user, { path: `/v1/campaigns/${id}/grants` })));
    for (const claim of claims) expect([200, 202]).toContain(claim.status);
  }
  await send(api.url, { path: '/v1/campaigns/default' }); // so that its gate exists
}

async function fuzz(api: RunningApp, issuer: Issuer, seed: number): Promise<void> {
  const rules = new AnswerRules(await OpenApi.of(api.url), [JWT_SECRET]);
  const asking = new Asking(api.url);
  const cases = fc.sample(fc.tuple(tokenCases(issuer), fc.constantFrom(...CAMPAIGNS), fc.boolean()), {
    seed,
    numRuns: CASES,
  });
  let known = 0;
  try {
    for (let from = 0; from < CASES; from += BATCH) {
      const batch = cases.slice(from, from + BATCH);
      const before = await digestAtRest(world);
      // Tokens that may be accepted only read here; those that must be refused try to claim as well.
      const answered = await asking.allUntilServed(
        batch.map(([token, campaignId, claims]) => asked(token, campaignId, claims && token.taken === false)),
      );
      for (const { asked: one, answer } of answered) {
        const { token, question, campaignId } = one;
        const came = typeof answer === 'string' ? answer : `${answer.status} ${answer.text}`;
        const found = (kind: string): void =>
          findings.add(kind, `  ${token.what}\n    ${JSON.stringify(question).slice(0, 1_500)}\n    ${came}`);
        if (typeof answer === 'string') {
          found('no answer');
          continue;
        }
        for (const rule of rules.broken(question, answer)) found(rule);
        const taken = answer.status < 300 || answer.status === 404;
        if (taken && token.taken === false) found('accepted');
        if (!taken && token.taken === true) found('not accepted');
        if (!taken && ![401, 431].includes(answer.status)) found(`${answer.status} for a token`);
        if (answer.status >= 300) continue;
        known++;
        const grant = JSON.parse(answer.text) as { userId: string; campaignId: string };
        if (grant.userId !== token.userId || grant.campaignId !== campaignId) found("somebody else's grant");
      }
      if (JSON.stringify(await digestOf(world)) !== JSON.stringify(before))
        findings.add('the digest has changed', JSON.stringify(batch[0]));
    }
  } finally {
    asking.close();
  }
  findings.expectNone();
  expect(known).toBeGreaterThan(CASES / 100); // some answers are grants, not refusals
  expect(trapped).toBe(0);
}

it('with a secret: accepts only tokens signed with it, and each only for its own user', async () => {
  const api = await world.start('api');
  const issuer: Issuer = {
    issuer: ISSUER,
    audience: AUDIENCE,
    header: { alg: 'HS256' },
    sign: hmac(JWT_SECRET),
    trapUrl: await trapUrl(),
    forgeries: [
      ...['', ' ', 'secret', `${JWT_SECRET} `, JWT_SECRET.slice(1)].map((secret) => ({
        what: 'another secret',
        header: { alg: 'HS256' },
        sign: hmac(secret),
      })),
      ...['HS384', 'HS512'].map((alg) => ({
        what: 'another hash',
        header: { alg },
        sign: hmac(JWT_SECRET, `sha${alg.slice(2)}`),
      })),
      { what: 'HS256 over SHA-512', header: { alg: 'HS256' }, sign: hmac(JWT_SECRET, 'sha512') },
      {
        what: 'a signature cut short',
        header: { alg: 'HS256' },
        sign: (signed) => hmac(JWT_SECRET)(signed).subarray(0, 16),
      },
      { what: 'no signature', header: { alg: 'HS256' }, sign: () => Buffer.alloc(0) },
      ...asStranger,
    ],
  };
  await claimAsUsers(api, issuer);
  await fuzz(api, issuer, FUZZ_SEED);
}, 300_000);

it('beside a partner: the same, and neither key signs in the name of the other issuer', async () => {
  const { url } = await keyServers.serve((_, response) => {
    response.end(JSON.stringify({ keys: [jwk(partner.publicKey, 'partner-1', 'ES256')] }));
  });
  const PARTNER = 'https://partner.test';
  const listed = {
    issuer: PARTNER,
    audience: AUDIENCE,
    keySet: url,
    campaigns: ['*'],
    scopes: ['grants:read'],
  };
  const api = await world.start('api', { JWT_ISSUERS: JSON.stringify([listed]) });
  const asPartner = (signed: string): Buffer =>
    sign('sha256', Buffer.from(signed), { key: partner.privateKey, dsaEncoding: 'ieee-p1363' });
  const issuer: Issuer = {
    issuer: ISSUER,
    audience: AUDIENCE,
    header: { alg: 'HS256' },
    sign: hmac(JWT_SECRET),
    trapUrl: await trapUrl(),
    largestUserId: 8_999_999_999_999_999_999n,
    partners: [PARTNER],
    forgeries: [
      { what: "a partner's key", header: { alg: 'ES256', kid: 'partner-1' }, sign: asPartner },
      { what: "a partner's key, unnamed", header: { alg: 'ES256' }, sign: asPartner },
      {
        what: "HS256 with a partner's public key",
        header: { alg: 'HS256', kid: 'partner-1' },
        sign: hmac(JSON.stringify(jwk(partner.publicKey, 'partner-1', 'ES256'))),
      },
      ...asStranger,
    ],
  };
  await claimAsUsers(api, issuer);
  await fuzz(api, issuer, FUZZ_SEED + 2);
}, 300_000);

it('with a key set: the same, and fetches keys only from the configured server', async () => {
  const { url } = await keyServers.serve((_, response) => {
    keysFetched++;
    response.setHeader('Content-Type', 'application/json');
    response.end(
      JSON.stringify({
        keys: [
          jwk(rsa.publicKey, 'rsa-1', 'RS256'),
          jwk(ec.publicKey, 'ec-1', 'ES256'),
          { ...rsa.publicKey.export({ format: 'jwk' }), kid: ANY_KID },
        ],
      }),
    );
  });
  const api = await world.start('api', { JWT_SECRET: '', JWT_JWKS_URL: url });
  const issuer: Issuer = {
    issuer: ISSUER,
    audience: AUDIENCE,
    header: { alg: 'RS256', kid: 'rsa-1' },
    sign: rs256(rsa.privateKey),
    trapUrl: await trapUrl(),
    forgeries: [
      ...confused,
      ...[...notAllowed, ...notAllowed, ...notAllowed],
      ...asStranger,
      { what: "the tests' secret", header: { alg: 'HS256' }, sign: hmac(JWT_SECRET) },
      { what: "another key's id", header: { alg: 'RS256', kid: 'ec-1' }, sign: rs256(rsa.privateKey) },
    ],
  };
  await claimAsUsers(api, issuer);
  await fuzz(api, issuer, FUZZ_SEED + 1);
  // Unknown key ids make the service fetch keys again, but not each one: a sender must not drive the key server's load.
  expect(keysFetched).toBeLessThan(50);
}, 300_000);
