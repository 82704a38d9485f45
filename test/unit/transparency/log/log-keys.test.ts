import { randomBytes } from 'node:crypto';
import { readEnvironment } from '../../../../src/platform/config/read-environment.js';
import {
  COSIGNATURE,
  formatVerifierKey,
  makeSignerKey,
} from '../../../../src/transparency/formats/note-key.js';
import { LogKeys } from '../../../../src/transparency/log/log-keys.js';
import { makeLogKeys } from '../../../../src/transparency/log/new-keys.js';

const NEEDED = {
  DATABASE_URL: 'postgres://localhost/db',
  REDIS_URL: 'redis://localhost/0',
  JWT_SECRET: 'a secret for tests alone, long enough for HS256',
};
const KEYS = makeLogKeys('give.example/log');
/** Of a log with the same name. */
const OTHER = makeLogKeys('give.example/log');
const WHOLE = { ...NEEDED, ...KEYS, TRANSPARENCY_CHECKPOINT_FILE: '/var/lib/seonchak/checkpoint' };
const witness = (name: string): string =>
  `${formatVerifierKey(makeSignerKey(name, randomBytes(32), COSIGNATURE))} https://${name}.example`;

const keysOf = (variables: Readonly<Record<string, string>>): LogKeys =>
  new LogKeys(readEnvironment(variables));

describe('the keys of the log', () => {
  it('are those that new-log-key prints', () => {
    expect(keysOf(WHOLE).published).toBe(KEYS.TRANSPARENCY_VERIFIER);
    expect(keysOf(WHOLE).signer?.name).toBe('give.example/log');
  });

  it('are none where nothing is set: there is no log', () => {
    const keys = keysOf(NEEDED);
    expect([keys.signer, keys.published, keys.policy]).toEqual([null, null, null]);
  });

  it('verify without signing, for instances that publish', () => {
    const keys = keysOf({ ...NEEDED, TRANSPARENCY_VERIFIER: KEYS.TRANSPARENCY_VERIFIER });
    expect([keys.signer, keys.published]).toEqual([null, KEYS.TRANSPARENCY_VERIFIER]);
  });

  it('come with a policy that names the witnesses', () => {
    const [first, second] = [witness('one'), witness('two')];
    const { policy } = keysOf({
      ...WHOLE,
      TRANSPARENCY_WITNESSES: `${first}, ${second}`,
      TRANSPARENCY_QUORUM: '2',
    });
    expect(policy).toBe(
      `log ${KEYS.TRANSPARENCY_VERIFIER}\nwitness w1 ${first}\nwitness w2 ${second}\ngroup enough 2 w1 w2\nquorum enough\n`,
    );
  });

  it.each([
    ['TRANSPARENCY_RECEIPT_VERIFIER', { TRANSPARENCY_RECEIPT_VERIFIER: '' }],
    ['TRANSPARENCY_CHECKPOINT_FILE', { TRANSPARENCY_CHECKPOINT_FILE: '' }],
    ['TRANSPARENCY_KEY', { TRANSPARENCY_KEY: 'nonsense' }],
    [
      'TRANSPARENCY_KEY',
      {
        TRANSPARENCY_KEY: KEYS.TRANSPARENCY_KEY.replace(/\+[0-9a-f]{8}\+/, '+00000000+'),
        TRANSPARENCY_VERIFIER: '',
      },
    ],
    ['TRANSPARENCY_RECEIPT_KEY', { TRANSPARENCY_RECEIPT_KEY: makeLogKeys('other').TRANSPARENCY_RECEIPT_KEY }],
    [
      'TRANSPARENCY_WITNESSES',
      { TRANSPARENCY_KEY: '', TRANSPARENCY_VERIFIER: '', TRANSPARENCY_WITNESSES: witness('one') },
    ],
    [
      'TRANSPARENCY_VERIFIER is not the verifier key of TRANSPARENCY_KEY',
      { TRANSPARENCY_VERIFIER: OTHER.TRANSPARENCY_VERIFIER },
    ],
    [
      'TRANSPARENCY_RECEIPT_VERIFIER is not the verifier key of TRANSPARENCY_RECEIPT_KEY',
      { TRANSPARENCY_RECEIPT_VERIFIER: OTHER.TRANSPARENCY_RECEIPT_VERIFIER },
    ],
    ['TRANSPARENCY_QUORUM', { TRANSPARENCY_QUORUM: '1' }],
    ['TRANSPARENCY_WITNESSES', { TRANSPARENCY_WITNESSES: 'https://one.example' }],
  ])('stop the start with the name %s', (name, wrong) => {
    const secret = KEYS.TRANSPARENCY_KEY.split('+').at(-1) ?? '';
    const start = (): LogKeys => keysOf({ ...WHOLE, ...wrong });
    expect(start).toThrow(name);
    expect(start).not.toThrow(secret);
  });
});
