import { type CommandDeclaration, declareCommand } from '../../../tools/command-line/command-declaration.js';
import { asksForHelp, readCommandLine } from '../../../tools/command-line/read-command-line.js';
import { UsageError } from '../../../tools/command-line/usage-error.js';
import { oneOf, text, wholeNumber } from '../../../tools/command-line/value-kinds.js';
import { allCommands } from '../../support/all-commands.js';

const command = declareCommand({
  name: 'sample',
  about: 'A sample.',
  options: {
    users: { kind: wholeNumber(1, 100), default: '30', about: 'people' },
    provider: { kind: oneOf('NAME', ['ledger', 'http']), about: 'what pays' },
    out: { kind: text('FILE', 'a file'), about: 'where to' },
    json: { about: 'JSON' },
    secretly: { kind: text('TEXT', 'any text'), about: 'for programs', isInternal: true },
  },
  examples: [['npm run sample', 'runs']],
  exitCodes: { 0: 'good', 1: 'bad' },
});

const withArguments = declareCommand({
  ...command,
  arguments: { kind: wholeNumber(1, 9), about: 'numbers', least: 1, most: 2 },
});

const refusal = (args: string[], declaration: CommandDeclaration = command): string => {
  try {
    readCommandLine(declaration, args);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error('It was accepted.');
};

it('reads values in their types, with defaults for those that are not given', () => {
  expect(readCommandLine(command, []).values).toEqual({
    users: 30,
    provider: undefined,
    out: undefined,
    json: false,
    secretly: undefined,
  });
  expect(readCommandLine(command, ['--users=7', '--provider', 'http', '--json']).values).toMatchObject({
    users: 7,
    provider: 'http',
    json: true,
  });
  expect(readCommandLine(withArguments, ['3', '--json', '4']).positionals).toEqual([3, 4]);
});

it.each([['--user'], ['--no-json'], ['-u'], ['--constructor'], ['--toString=1'], ['--__proto__=1']])(
  'an unknown option, %s, is refused by naming those that exist',
  (option) => {
    const message = refusal([option]);
    expect(message).toContain(`There is no option ${option.replace(/=.*/, '')}.`);
    expect(message).toContain('--users N, --provider NAME, --out FILE, --json, --help');
    expect(message).not.toContain('secretly');
  },
);

it.each([
  [['--users', '0'], '--users takes a whole number from 1 to 100.', '"0"'],
  [['--users', '101'], '--users takes a whole number from 1 to 100.', '"101"'],
  [['--users', '-5'], '--users takes a whole number from 1 to 100.', '"-5"'],
  [['--users', ''], '--users takes a whole number from 1 to 100.', '""'],
  [['--users', '1e1'], '--users takes a whole number from 1 to 100.', '"1e1"'],
  [['--provider', 'cash'], '--provider takes one of ledger, http.', '"cash"'],
  [['--users'], '--users takes a whole number from 1 to 100.', 'needs a value'],
  [['--out', '--json'], '--out takes a file.', 'needs a value'],
  [['--json=yes'], '--json takes no value.', '--help'],
  [['5'], 'takes no arguments', '"--"'],
])('%j is refused by saying what is allowed', (args, allowed, more) => {
  expect(refusal(args)).toContain(allowed);
  expect(refusal(args)).toContain(more);
});

it.each([
  [[], 'N is missing'],
  [['1', '2', '3'], 'Too many'],
  [['0'], 'N takes a whole number from 1 to 9'],
])('arguments %j are refused', (args, words) => {
  expect(refusal(args, withArguments)).toContain(words);
});

it('help is asked for before "--" only', () => {
  expect(asksForHelp(['--users', '5', '--help'])).toBe(true);
  expect(asksForHelp(['-h'])).toBe(true);
  expect(asksForHelp(['--', '--help'])).toBe(false);
  expect(asksForHelp([])).toBe(false);
});

it('every default is a value that the option takes', () => {
  for (const { options } of allCommands)
    for (const option of Object.values(options))
      if (option.kind && option.default !== undefined)
        expect(option.kind.read(option.default)).not.toBeUndefined();
});
