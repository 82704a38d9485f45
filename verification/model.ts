import { readCommandLine } from '../tools/command-line/read-command-line.js';
import { runCommand } from '../tools/command.js';
import {
  canRest,
  type Configuration,
  configurationNamed,
  configurations,
  deep,
  shownBy,
  slowDays,
} from './model/configurations.js';
import { type Exploration, explore, type Limits } from './model/explorer.js';
import { modelCommand } from './model/model-options.js';
import { type Flaw, mutations, rules } from './model/rules.js';

/** Limits of one deep exploration: about 3 GB and ten minutes. */
const DEEP_STATES = 20_000_000;
const DEEP_MS = 600_000;

interface Line {
  readonly configuration: string;
  readonly without: Flaw | null;
  readonly exploration: Exploration;
}

function run(configuration: Configuration, without: Flaw | null, limits: Partial<Limits>): Line {
  const { name, shape } = configuration;
  return {
    configuration: name,
    without,
    exploration: explore(shape, without, { liveness: canRest(shape), ...limits }),
  };
}

function printExploration({ about }: Configuration, { configuration, exploration }: Line): void {
  const { states, transitions, depth, ms, violation, isComplete, livenessChecked, goodRests } = exploration;
  console.log(`${configuration}: ${about}`);
  console.log(
    `  ${states} states, ${transitions} transitions, ${depth} deep, ${(ms / 1000).toFixed(1)} s, ` +
      `odds of a collision ${exploration.collisionOdds.toExponential(1)}`,
  );
  if (livenessChecked) console.log(`  a good rest can be reached from every state; there are ${goodRests}`);
  else console.log('  paths to a good rest were not checked');
  if (!isComplete && !violation) console.log('  stopped at the limit: the last depth is incomplete');
  if (violation) printViolation(exploration);
  else console.log('  every promise held');
}

function printViolation({ violation }: Exploration): void {
  if (!violation) return;
  console.log(`  VIOLATED ${violation.promise}`);
  violation.trace.forEach((step, i) => console.log(`  ${String(i + 1).padStart(4)}. ${step}`));
}

/** Leaves out one rule, or breaks one step, by default in the configuration that reveals it. */
function leaveOut(flaw: Flaw, name: string = shownBy[flaw][0]): Line {
  return run(configurationNamed(name), flaw, { maxStates: DEEP_STATES });
}

function printTable(lines: readonly Line[]): void {
  console.log('\nleft out | configuration | broken | after steps');
  for (const { without, configuration, exploration } of lines) {
    const { violation } = exploration;
    console.log(
      `${without} | ${configuration} | ${violation?.promise ?? 'NOTHING'} | ${violation?.trace.length ?? '-'}`,
    );
  }
}

type Say = (print: () => void) => void;

function one(
  configuration: Configuration,
  say: Say,
  limits: Partial<Limits> = { maxStates: DEEP_STATES },
): Line {
  const line = run(configuration, null, limits);
  say(() => printExploration(configuration, line));
  return line;
}

function withoutIt(flaw: Flaw, configuration: string | undefined, say: Say): Line[] {
  const line = leaveOut(flaw, configuration);
  say(() => console.log(`without ${flaw}, in "${line.configuration}":`));
  say(() => printViolation(line.exploration));
  if (!line.exploration.violation) say(() => console.log('  nothing was violated'));
  return [line];
}

function everything(deeper: boolean, say: Say): Line[] {
  const limits = { maxStates: DEEP_STATES, maxMs: DEEP_MS };
  const explored = [
    ...[...configurations, ...slowDays].map((configuration) => one(configuration, say, limits)),
    ...(deeper
      ? deep.map((configuration) => one(configuration, say, { ...limits, liveness: configuration.liveness }))
      : []),
  ];
  const leftOut = [...rules, ...mutations].map((flaw) => leaveOut(flaw));
  say(() => printTable(leftOut));
  return [...explored, ...leftOut];
}

/**
 * @returns the exit code: 0 if every promise held, and every rule left out broke a promise
 * @throws UsageError if the command line is invalid
 */
function main(args: string[]): number {
  const { values } = readCommandLine(modelCommand, args);
  const { without } = values;
  const say = values.json ? () => undefined : (print: () => void) => print();
  const lines =
    without !== undefined
      ? withoutIt(without, values.configuration, say)
      : values.configuration !== undefined
        ? [one(configurationNamed(values.configuration), say)]
        : everything(values.deep, say);
  if (values.json) console.log(JSON.stringify(lines));
  const asExpected = lines.every((line) => (line.exploration.violation === null) === (line.without === null));
  return asExpected ? 0 : 1;
}

runCommand(modelCommand, async (args) => main(args));
