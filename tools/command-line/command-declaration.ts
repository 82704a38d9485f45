/** The values that an option or an argument takes. */
export interface ValueKind<T> {
  /** Stands for the value in the help: N, FILE, … */
  readonly placeholder: string;
  /** What is allowed, with units and range. Completes the sentence "--users takes …". */
  readonly allowed: string;
  /**
   * @returns undefined if the text is not allowed
   * @throws UsageError if another sentence than "… takes {allowed}" says better what is wrong
   */
  readonly read: (text: string) => T | undefined;
}

/** An option without a value. */
export interface Flag {
  readonly kind?: undefined;
  readonly about: string;
}

/** An option with a value. */
export interface Valued<T> {
  readonly kind: ValueKind<T>;
  readonly about: string;
  /** As typed on the command line. An option without one is undefined unless it is given. */
  readonly default?: string;
  /** Given any number of times, it is the list of all values; without it the last one counts. */
  readonly isRepeatable?: boolean;
  /** For programs only: neither help nor page show it. */
  readonly isInternal?: boolean;
}

export type Options = Readonly<Record<string, Flag | Valued<unknown>>>;

/** What stands on the command line besides options. */
export interface Arguments<T> {
  readonly kind: ValueKind<T>;
  readonly about: string;
  /** How many are needed at least: 0 or 1. */
  readonly least: number;
  readonly most: number;
}

/**
 * A command of package.json: the one source of what is accepted, of `--help`, and of docs/commands.md. `--help` and
 * exit code 2 for a wrong command line are part of every command.
 */
export interface CommandDeclaration<O extends Options = Options, T = unknown> {
  /** Of the npm script. */
  readonly name: string;
  /** What it does, in a few sentences. */
  readonly about: string;
  readonly arguments?: Arguments<T>;
  readonly options: O;
  /** Another program that gets everything on the command line except `--help`. */
  readonly passesOnTo?: string;
  /** Variables that it reads, and what for. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Command lines, each with what it does. */
  readonly examples: readonly (readonly [commandLine: string, does: string])[];
  readonly exitCodes: Readonly<Record<number, string>>;
  /** The exit code of any error; 1 by default. For commands whose 1 is a verdict, which an error is not. */
  readonly errorCode?: number;
}

/** The type of an option's value. */
type ValueOf<O> = O extends { kind: ValueKind<infer T>; isRepeatable: true }
  ? readonly T[]
  : O extends { kind: ValueKind<infer T>; default: string }
    ? T
    : O extends { kind: ValueKind<infer T> }
      ? T | undefined
      : boolean;

export type ValuesOf<O extends Options> = { readonly [Name in keyof O]: ValueOf<O[Name]> };

/** Declares a command; keeps the type of each option's value. */
export function declareCommand<const O extends Options, T = never>(
  declaration: CommandDeclaration<O, T>,
): CommandDeclaration<O, T> {
  return declaration;
}

/** How the command is typed, without options. */
export function invocationOf({ name }: Pick<CommandDeclaration, 'name'>): string {
  return name === 'start' || name === 'test' ? `npm ${name}` : `npm run ${name}`;
}
