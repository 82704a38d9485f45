import { createHash } from 'node:crypto';
import { MalformedFormat } from '../../../../src/transparency/formats/malformed-format.js';
import {
  COSIGNATURE,
  formatVerifierKey,
  makeSignerKey,
  PLAIN,
} from '../../../../src/transparency/formats/note-key.js';
import { isQuorum, parsePolicy } from '../../../../src/transparency/formats/policy.js';

const seedOf = (name: string) => createHash('sha256').update(name).digest();
const log = makeSignerKey('give.example/log', seedOf('log'), PLAIN);
const witness = (name: string) => makeSignerKey(`${name}.example`, seedOf(name), COSIGNATURE);
const [x1, x2, x3, y1, y2, y3] = ['X1', 'X2', 'X3', 'Y1', 'Y2', 'Y3'].map(witness) as [
  ReturnType<typeof witness>,
  ReturnType<typeof witness>,
  ReturnType<typeof witness>,
  ReturnType<typeof witness>,
  ReturnType<typeof witness>,
  ReturnType<typeof witness>,
];

// The example of C2SP tlog-policy, which elides the keys.
const EXAMPLE = `log ${formatVerifierKey(log)}

witness X1 ${formatVerifierKey(x1)}
witness X2 ${formatVerifierKey(x2)}
witness X3 ${formatVerifierKey(x3)}
group X-witnesses 2 X1 X2 X3

witness Y1 ${formatVerifierKey(y1)}
witness Y2 ${formatVerifierKey(y2)}
witness Y3 ${formatVerifierKey(y3)}
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
`;

describe('a policy', () => {
  const { witnesses, quorum } = parsePolicy(EXAMPLE);
  const keys = (names: string) =>
    witnesses.filter(({ name }) => names.split(' ').includes(name)).map(({ key }) => key);

  it.each([
    ['X1 X2 Y3', true],
    ['X1 X2 X3 Y1 Y2 Y3', true],
    ['X1 Y1 Y2 Y3', false],
    ['X1 X2 X3', false],
    ['', false],
  ])('of the specification, with the cosignatures of %p: %p', (names, expected) => {
    expect(isQuorum(quorum, keys(names))).toBe(expected);
  });

  it('may need nobody, has URLs, comments, tabs', () => {
    const policy = parsePolicy(
      ` # ours\n\tlog ${formatVerifierKey(log)}\thttps://give.example/ \nquorum none`,
    );
    expect(policy.logs[0]?.url).toBe('https://give.example/');
    expect(isQuorum(policy.quorum, [])).toBe(true);
  });

  const one = `witness A ${formatVerifierKey(x1)}\n`;
  it.each([
    ['no quorum', one],
    ['two quorums', `${one}quorum A\nquorum A\n`],
    ['an unknown name', `${one}quorum B\n`],
    ['a name used before it is defined', `group G any A\n${one}quorum G\n`],
    ['a witness twice', `${one}witness B ${formatVerifierKey(x1)}\nquorum A\n`],
    ['a name twice', `${one}witness A ${formatVerifierKey(x2)}\nquorum A\n`],
    ['a witness named none', `witness none ${formatVerifierKey(x1)}\nquorum none\n`],
    ['a group of none', `${one}group G any none\nquorum G\n`],
    ['a member of two groups', `${one}group G any A\ngroup H any A\nquorum G\n`],
    ['a member twice in a group', `${one}group G 2 A A\nquorum G\n`],
    ['a threshold of 0', `${one}group G 0 A\nquorum G\n`],
    ['a threshold beyond its members', `${one}group G 2 A\nquorum G\n`],
    ['a group without members', `${one}group G all\nquorum A\n`],
    ['a log’s key for a witness', `witness A ${formatVerifierKey(log)}\nquorum A\n`],
    ['a witness’s key for a log', `log ${formatVerifierKey(x1)}\nquorum none\n`],
    ['an unknown keyword', 'quorun none\n'],
    ['a carriage return', 'quorum none\r\n'],
  ])('with %s is refused', (_, text) => {
    expect(() => parsePolicy(text)).toThrow(MalformedFormat);
  });
});
