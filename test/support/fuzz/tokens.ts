import fc from 'fast-check';
import { compact, inSeconds } from '../forged-tokens.js';
import { hostileJson, hostileText } from './hostile-values.js';

/** An Authorization header (or several) and the expected result. */
export interface TokenCase {
  readonly what: string;
  readonly authorizations: readonly string[];
  /** The user that it names, if it is accepted at all. */
  readonly userId: string | null;
  /** Whether it must, must not, or may be accepted. */
  readonly taken: boolean | 'perhaps';
}

/** The issuer of the tokens that the service accepts. */
export interface Issuer {
  readonly issuer: string;
  readonly audience: string;
  readonly header: Readonly<Record<string, unknown>>;
  readonly sign: (signed: string) => Buffer;
  /** A URL at which the service must never ask for a key. */
  readonly trapUrl: string;
  /** The largest user id that it may name; 2^63-1 if it is the only issuer. */
  readonly largestUserId?: bigint;
  /** Issuers that the service knows besides. */
  readonly partners?: readonly string[];
  /** Ways to sign that the issuer does not use, some with what everybody can know of its keys. */
  readonly forgeries: readonly {
    readonly what: string;
    readonly header: Readonly<Record<string, unknown>>;
    readonly sign: (signed: string) => Buffer;
  }[];
}

const LARGEST = 2n ** 63n - 1n;

const userIdsUpTo = (largest: bigint) =>
  fc.oneof(
    fc.integer({ min: 1, max: 60 }).map(String),
    fc.bigInt({ min: 1n, max: largest }).map(String),
    fc.constantFrom('1', String(largest), '9007199254740993'),
  );

const oddSubjects = fc.oneof(
  fc.constantFrom<unknown>(
    1,
    42,
    1.5,
    -1,
    0,
    2 ** 53,
    2 ** 63,
    null,
    true,
    [],
    ['42'],
    [42],
    {},
    { toString: '42' },
    { length: 2 },
    '',
    '0',
    '00',
    '01',
    '007',
    '-1',
    '+1',
    '1.0',
    '1e3',
    '0x1',
    ' 1',
    '1 ',
    '1\n',
    '\n1',
    '1\u0000',
    '\u00001',
    '1_000',
    '9223372036854775808',
    '18446744073709551617',
    '9'.repeat(19),
    '9'.repeat(4_00),
    '1'.repeat(20),
    '１',
    '４２',
    '٤٢',
    '४२',
    '4２',
    '𝟒𝟐',
    '²',
    'Ⅳ',
    'NaN',
    'Infinity',
    '1n',
    'null',
    "1' OR '1'='1",
    '1;2',
    '1,2',
    '*',
  ),
  hostileText.filter((text) => !/^[1-9]\d{0,18}$/.test(text) || BigInt(text) > LARGEST),
);

const hostileKids = fc.oneof(
  fc.constantFrom<unknown>(
    '../../../../dev/null',
    '/dev/null',
    '/etc/passwd',
    'file:///etc/passwd',
    "x' UNION SELECT 'secret' --",
    '; ls',
    '|id',
    '',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'x'.repeat(3_000),
    '\u0000',
    '🔑',
    'rsa-1 ',
    'RSA-1',
    'ec-1',
    0,
    1,
    -1,
    null,
    true,
    [],
    ['rsa-1'],
    {},
    { toString: 'rsa-1' },
  ),
  hostileText,
);

export function tokenCases(issuer: Issuer): fc.Arbitrary<TokenCase> {
  const userIds = userIdsUpTo(issuer.largestUserId ?? LARGEST);
  const good = (sub: unknown): Record<string, unknown> => ({
    sub,
    exp: inSeconds(7_200),
    iss: issuer.issuer,
    aud: issuer.audience,
  });
  const token = (claims: unknown, header: unknown = issuer.header, sign = issuer.sign): string =>
    compact(JSON.stringify(header), JSON.stringify(claims), sign);
  const bearer = (
    what: string,
    userId: string | null,
    taken: TokenCase['taken'],
    jwt: string,
  ): TokenCase => ({
    what,
    userId,
    taken,
    authorizations: [`Bearer ${jwt}`],
  });

  /** Tokens with one of these values in a claim. */
  const claims = (name: string, values: readonly unknown[], taken: TokenCase['taken']) =>
    fc
      .tuple(userIds, fc.constantFrom(...values))
      .map(([id, value]) =>
        bearer(`${name} is ${JSON.stringify(value)}`, id, taken, token({ ...good(id), [name]: value })),
      );

  const wrongTimes = ['', '1', 'tomorrow', '9999999999', null, true, [], [9_999_999_999], {}];
  const past = [0, -1, -0, 1, 1.5, -1e308, 5e-324, inSeconds(-10), inSeconds(-10) + 0.5, -(2 ** 63)];
  const future = [2 ** 31, 2 ** 32, 2 ** 53, 2 ** 63, 1e21, 1e308, inSeconds(7_200) + 0.5];
  const others = [
    '',
    'x',
    `${issuer.issuer}/`,
    `${issuer.issuer} `,
    issuer.issuer.toUpperCase(),
    null,
    1,
    {},
    [],
    [issuer.issuer],
    ...(issuer.partners ?? []),
  ];
  const audiences = [
    '',
    'x',
    `${issuer.audience} `,
    issuer.audience.toUpperCase(),
    null,
    1,
    {},
    [],
    ['x'],
    [[issuer.audience]],
    [null],
    { 0: issuer.audience },
  ];

  const algorithms: readonly unknown[] = [
    'none',
    'None',
    'NONE',
    'nOnE',
    '',
    'HS384',
    'HS512',
    'RS384',
    'RS512',
    'PS384',
    'ES384',
    'ES512',
    'ES256K',
    'Ed448',
    'dir',
    'A128KW',
    'RSA-OAEP',
    'hs256',
    'rs256',
    'HS256 ',
    'HS256\u0000',
    null,
    0,
    true,
    [],
    ['HS256'],
    {},
    { toString: 'HS256' },
    '__proto__',
    'constructor',
  ];
  const trap = issuer.trapUrl;
  const baits = [
    { jku: trap },
    { x5u: trap },
    { jku: trap, x5u: trap, kid: 'stranger' },
    { jku: 'file:///etc/passwd' },
    { x5c: ['MIIB'] },
    { jwk: { kty: 'oct', k: '' } },
    { iss: trap },
  ];
  const extensions = [
    { crit: ['exp'] },
    { crit: [] },
    { crit: 'exp' },
    { crit: null },
    { crit: ['x'], x: 1 },
    { crit: ['b64'], b64: false },
    { crit: ['b64'] },
    { crit: ['alg'] },
    { crit: [1] },
    { crit: ['__proto__'] },
    { crit: { length: 1 } },
    { crit: ['b64', 'b64'], b64: false },
  ];

  return fc.oneof(
    userIds.map((id) => bearer('right', id, true, token(good(id)))),
    {
      weight: 3,
      arbitrary: oddSubjects.map((sub) =>
        bearer(`the subject ${JSON.stringify(sub)}`, null, false, token(good(sub))),
      ),
    },
    claims('exp', [...wrongTimes, ...past], false),
    claims('exp', future, true),
    claims('nbf', [...wrongTimes, ...future], false),
    claims('nbf', [...past, inSeconds(-60)], true),
    claims('iat', wrongTimes, false),
    claims('iat', [...past, ...future], 'perhaps'),
    claims('iss', others, false),
    claims('aud', audiences, false),
    claims('aud', [[issuer.audience], ['x', issuer.audience]], true),
    claims('aud', [[1, issuer.audience]], 'perhaps'), // not a list of strings, but it names the service
    userIds.map((id) =>
      bearer('no subject', null, false, token({ ...good(id), sub: undefined, user_id: id, uid: id, id })),
    ),
    userIds.map((id) => bearer('no issuer', id, false, token({ ...good(id), iss: undefined }))),
    userIds.map((id) => bearer('no audience', id, false, token({ ...good(id), aud: undefined }))),
    fc
      .tuple(userIds, hostileText, hostileJson)
      .map(([id, name, value]) =>
        bearer(
          'a claim more',
          id,
          'perhaps',
          token(Object.fromEntries([...Object.entries(good(id)), [`x-${name}`, value]])),
        ),
      ),
    fc
      .tuple(userIds, fc.constantFrom(...algorithms))
      .map(([id, alg]) =>
        bearer(`alg ${JSON.stringify(alg)}`, id, false, token(good(id), { ...issuer.header, alg })),
      ),
    fc.tuple(userIds, fc.constantFrom(...algorithms)).map(([id, alg]) =>
      bearer(
        `alg ${JSON.stringify(alg)}, unsigned`,
        id,
        false,
        token(good(id), { ...issuer.header, alg }, () => Buffer.alloc(0)),
      ),
    ),
    {
      weight: 4,
      arbitrary: fc
        .tuple(userIds, fc.constantFrom(...issuer.forgeries), fc.constantFrom<object>(...baits, {}))
        .map(([id, { what, header, sign }, bait]) =>
          bearer(what, id, false, token(good(id), { ...header, ...bait }, sign)),
        ),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(userIds, hostileKids)
        .map(([id, kid]) =>
          bearer(
            `kid ${JSON.stringify(kid)}`,
            id,
            issuer.header.kid === undefined ? 'perhaps' : false,
            token(good(id), { ...issuer.header, kid }),
          ),
        ),
    },
    fc
      .tuple(userIds, fc.constantFrom(...baits))
      .map(([id, bait]) => bearer('a bait', id, 'perhaps', token(good(id), { ...issuer.header, ...bait }))),
    fc
      .tuple(userIds, fc.constantFrom(...extensions))
      .map(([id, extension]) =>
        bearer(JSON.stringify(extension), id, false, token(good(id), { ...issuer.header, ...extension })),
      ),
    fc
      .tuple(
        userIds,
        fc.constantFrom<object>(
          { b64: false },
          { typ: 'x' },
          { typ: 1 },
          { cty: 'JWT' },
          { zip: 'DEF' },
          { enc: 'A128GCM' },
        ),
      )
      .map(([id, odd]) =>
        bearer(JSON.stringify(odd), id, 'perhaps', token(good(id), { ...issuer.header, ...odd })),
      ),
    fc
      .tuple(userIds, fc.nat(), fc.nat({ max: 2 }))
      .map(([id, at, part]) => bearer('cut short', id, false, cut(token(good(id)), at, part))),
    fc.tuple(userIds, fc.nat(), fc.nat({ max: 63 })).map(([id, at, by]) => {
      const [jwt, sure] = flipped(token(good(id)), at, by);
      return bearer('a character changed', id, sure ? false : 'perhaps', jwt);
    }),
    fc
      .tuple(hostileJson, userIds)
      .map(([payload, id]) =>
        bearer('other claims', id, false, token(Array.isArray(payload) ? [good(id)] : (payload ?? null))),
      ),
    fc
      .tuple(
        userIds,
        fc.constantFrom('', '{', 'null', '"x"', '[]', '\u0000', '\ufeff{}', '{"sub":"1"', '{}{}'),
      )
      .map(([id, text]) =>
        bearer('claims that are none', id, false, compact(JSON.stringify(issuer.header), text, issuer.sign)),
      ),
    fc
      .uint8Array({ maxLength: 60 })
      .map((bytes) =>
        bearer(
          'claims of noise',
          null,
          false,
          compact(JSON.stringify(issuer.header), Buffer.from(bytes), issuer.sign),
        ),
      ),
    fc
      .uint8Array({ maxLength: 60 })
      .map((bytes) =>
        bearer(
          'a header of noise',
          null,
          false,
          compact(Buffer.from(bytes), JSON.stringify(good('1')), issuer.sign),
        ),
      ),
    fc
      .tuple(userIds, userIds)
      .map(([a, b]) =>
        bearer(
          'two subjects',
          b,
          'perhaps',
          compact(
            JSON.stringify(issuer.header),
            JSON.stringify(good(a)).replace(/\}$/, `,"sub":"${b}"}`),
            issuer.sign,
          ),
        ),
      ),
    userIds.map((id) =>
      bearer(
        'a subject by prototype',
        null,
        false,
        compact(
          JSON.stringify(issuer.header),
          JSON.stringify({ ...good(id), sub: undefined }).replace(/\}$/, `,"__proto__":{"sub":"${id}"}}`),
          issuer.sign,
        ),
      ),
    ),
    fc
      .tuple(userIds, fc.integer({ min: 3_000, max: 9_000 }))
      .map(([id, length]) => bearer('long', id, 'perhaps', token({ ...good(id), pad: 'x'.repeat(length) }))),
    hostileText.map((text) => bearer('no token', null, false, text)),
    fc
      .tuple(userIds, fc.constantFrom('bearer ', 'BEARER ', 'Bearer  ', 'bEaReR    '))
      .map(([id, scheme]) => ({
        what: scheme,
        userId: id,
        taken: true,
        authorizations: [scheme + token(good(id))],
      })),
    fc
      .tuple(
        userIds,
        fc.constantFrom(
          '',
          'Bearer',
          'Bearer\t',
          'Bearer: ',
          'Bearer=',
          'Bearer "',
          'Token ',
          'JWT ',
          'Basic ',
          'DPoP ',
          'Bearer Bearer ',
          'Bearer x ',
          '\u00a0Bearer ',
          'Béarer ',
        ),
      )
      .map(([id, scheme]) => ({
        what: `the scheme ${scheme}`,
        userId: id,
        taken: false,
        authorizations: [scheme + token(good(id))],
      })),
    fc
      .tuple(userIds, fc.constantFrom(',', ', Bearer x', ';', ' x', '\u00e9', '선', '"'))
      .map(([id, more]) => ({
        what: `followed by ${more}`,
        userId: id,
        taken: false,
        authorizations: [`Bearer ${token(good(id))}${more}`],
      })),
    fc.tuple(userIds, userIds, fc.boolean()).map(([a, b, wrongFirst]) => ({
      what: 'two Authorization headers',
      userId: a,
      taken: wrongFirst ? false : ('perhaps' as const),
      authorizations: wrongFirst
        ? ['Bearer x', `Bearer ${token(good(a))}`]
        : [`Bearer ${token(good(a))}`, `Bearer ${token(good(b))}`],
    })),
  );
}

/** @param part which of the three parts loses its end */
function cut(token: string, at: number, part: number): string {
  const parts = token.split('.');
  const text = parts[part]!;
  parts[part] = text.slice(0, at % text.length);
  return parts.slice(0, at % 3 === 0 ? part + 1 : 3).join('.');
}

/** @returns the token with one character changed, and whether that surely matters: the last one has unused bits */
function flipped(token: string, at: number, by: number): [token: string, sure: boolean] {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const index = at % token.length;
  const other = letters[by]!;
  const changed = token.slice(0, index) + other + token.slice(index + 1);
  return [changed, changed !== token && index < token.length - 1];
}
