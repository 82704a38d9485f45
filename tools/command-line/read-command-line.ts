import { parseArgs } from 'node:util';
import {
  type CommandDeclaration,
  invocationOf,
  type Options,
  type Valued,
  type ValuesOf,
} from './command-declaration.js';
import { optionNames, signatureOf } from './help-text.js';
import { UsageError } from './usage-error.js';

export interface CommandLine<O extends Options, T> {
  readonly values: ValuesOf<O>;
  readonly positionals: readonly T[];
}

/** Whether the user wants to know about the command rather than to run it. */
export function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end === -1 ? undefined : end).some((arg) => arg === '--help' || arg === '-h');
}

/**
 * Reads what was typed after the command's name. Of an option that is given twice, the last one counts,
 * unless it is repeatable.
 * @throws UsageError that says which options there are, or what the value may be
 */
export function readCommandLine<O extends Options, T>(
  declaration: CommandDeclaration<O, T>,
  args: readonly string[],
): CommandLine<O, T> {
  const { tokens } = parseArgs({
    args: [...args],
    strict: false, // the errors of strict mode do not say what would be right
    tokens: true,
    options: Object.fromEntries(
      Object.entries<Options[string]>(declaration.options).map(([name, { kind }]) => [
        name,
        { type: kind ? ('string' as const) : ('boolean' as const) },
      ]),
    ),
  });
  const given: Record<string, unknown> = Object.fromEntries(
    Object.entries<Options[string]>(declaration.options).map(([name, option]) => [name, unlessGiven(option)]),
  );
  const repeated: Record<string, unknown[]> = Object.fromEntries(
    Object.entries<Options[string]>(declaration.options).flatMap(([name, { kind, ...option }]) =>
      kind && 'isRepeatable' in option && option.isRepeatable ? [[name, []]] : [],
    ),
  );
  const positionals: T[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(readPositional(declaration, token.value));
    else if (token.kind === 'option') {
      const value = readOption(declaration, token.name, token.rawName, token.value, token.inlineValue);
      const list = repeated[token.name];
      if (list) list.push(value);
      else given[token.name] = value;
    }
  }
  checkCount(declaration, positionals.length);
  return { values: { ...given, ...repeated } as ValuesOf<O>, positionals };
}

/** The value of an option that is not on the command line. */
function unlessGiven(option: Options[string]): unknown {
  if (!option.kind) return false;
  return option.default === undefined ? undefined : option.kind.read(option.default);
}

function readOption(
  declaration: CommandDeclaration,
  name: string,
  typed: string,
  value: string | undefined,
  isInline: boolean | undefined,
): unknown {
  const option = Object.hasOwn(declaration.options, name) ? declaration.options[name] : undefined;
  if (!option || !typed.startsWith('--'))
    throw new UsageError(`There is no option ${typed}. ${whatThereIs(declaration)}`);
  if (!option.kind) {
    if (value === undefined) return true;
    throw new UsageError(`--${name} takes no value. ${seeHelp(declaration)}`);
  }
  // `--out --remove`: an option was forgotten its value.
  if (value === undefined || (isInline === false && /^-./.test(value) && !/^-\d/.test(value)))
    throw new UsageError(`--${name} needs a value. ${takes(`--${name}`, option.kind)}`);
  return readValue(declaration, `--${name}`, option, value);
}

function readPositional<T>(declaration: CommandDeclaration<Options, T>, value: string): T {
  const { arguments: accepted } = declaration;
  if (accepted) return readValue(declaration, accepted.kind.placeholder, accepted, value) as T;
  throw new UsageError(
    `${invocationOf(declaration)} takes no arguments, and got ${JSON.stringify(value)}. ` +
      // npm keeps what precedes `--`: of `npm run rush --users 5` only the 5 arrives.
      `Put options after "--". ${whatThereIs(declaration)}`,
  );
}

function readValue(
  declaration: CommandDeclaration,
  title: string,
  { kind }: Pick<Valued<unknown>, 'kind'>,
  text: string,
): unknown {
  const value = kind.read(text);
  if (value !== undefined) return value;
  throw new UsageError(`${takes(title, kind)} It got ${JSON.stringify(text)}. ${seeHelp(declaration)}`);
}

function checkCount(declaration: CommandDeclaration, count: number): void {
  const { arguments: accepted } = declaration;
  if (!accepted || (count >= accepted.least && count <= accepted.most)) return;
  const problem = count < accepted.least ? `${accepted.kind.placeholder} is missing` : 'Too many arguments';
  throw new UsageError(`${problem}: ${signatureOf(declaration)}. ${seeHelp(declaration)}`);
}

function takes(title: string, { allowed }: Valued<unknown>['kind']): string {
  return `${title} takes ${allowed}.`;
}

function whatThereIs(declaration: CommandDeclaration): string {
  return `The options are ${optionNames(declaration).join(', ')}.`;
}

function seeHelp(declaration: CommandDeclaration): string {
  return `More: ${invocationOf(declaration)} -- --help`;
}
