import { type CommandDeclaration, invocationOf, type Options } from './command-declaration.js';

const WIDTH = 100;
/** Longer names stand on a line of their own. */
const MOST_NAME_WIDTH = 28;

const wrongCommandLine = 'the command line is wrong; nothing was done';

type Row = readonly [name: string, text: string];

/** The options that users see, with their placeholders, such as "--users N". */
export function optionNames({ options }: Pick<CommandDeclaration, 'options'>): string[] {
  return [...optionRows(options).map(([name]) => name), '--help'];
}

/** How the command is typed, such as "npm run token -- USER … [options]". */
export function signatureOf(declaration: CommandDeclaration): string {
  const { arguments: accepted, options, passesOnTo } = declaration;
  const parts = [];
  if (accepted) {
    const name = `${accepted.kind.placeholder}${accepted.most > 1 ? ' …' : ''}`;
    parts.push(accepted.least === 0 ? `[${name}]` : name);
  }
  if (passesOnTo !== undefined) parts.push(`[options of ${passesOnTo}]`);
  if (Object.keys(options).length > 0) parts.push('[options]');
  const invocation = invocationOf(declaration);
  return parts.length > 0 ? `${invocation} -- ${parts.join(' ')}` : invocation;
}

/** What `--help` prints, without a line end at the end. Also a section of docs/commands.md. */
export function helpText(declaration: CommandDeclaration): string {
  const { about, arguments: accepted, options, environment = {}, examples, exitCodes } = declaration;
  const codes = { 2: wrongCommandLine, ...exitCodes };
  const argumentRows: Row[] = accepted
    ? [[accepted.kind.placeholder, `${accepted.about}: ${accepted.kind.allowed}`]]
    : [];
  return [
    signatureOf(declaration),
    wrap(about, 0),
    section('Arguments', argumentRows),
    section('Options', [...optionRows(options), ['--help', 'prints this and exits']]),
    section('Environment', Object.entries(environment)),
    `Examples:\n${examples.map(([line, does]) => `  # ${does}\n  ${line}`).join('\n')}`,
    section('Exit codes', Object.entries(codes)),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function optionRows(options: Options): Row[] {
  return Object.entries(options).flatMap(([name, option]): Row[] => {
    if (!option.kind) return [[`--${name}`, option.about]];
    if (option.isInternal) return [];
    const otherwise = option.default === undefined ? '' : ` (default: ${option.default})`;
    return [[`--${name} ${option.kind.placeholder}`, `${option.about}: ${option.kind.allowed}${otherwise}`]];
  });
}

function section(title: string, rows: readonly Row[]): string {
  if (rows.length === 0) return '';
  const widest = Math.max(
    ...rows.map(([name]) => name.length).filter((width) => width <= MOST_NAME_WIDTH),
    0,
  );
  const indent = 2 + widest + 2;
  const lines = rows.map(([name, text]) => {
    const wrapped = wrap(text, indent);
    return name.length > widest
      ? `  ${name}\n${' '.repeat(indent)}${wrapped}`
      : `  ${name.padEnd(widest)}  ${wrapped}`;
  });
  return `${title}:\n${lines.join('\n')}`;
}

/** Breaks the text into lines. Each line except the first is indented. */
function wrap(text: string, indent: number): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent + line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].join(`\n${' '.repeat(indent)}`);
}
