import { parseArgs } from 'node:util';
import { type Configuration, configurationNamed, configurations, deep, shownBy } from './configurations.js';
import { type Exploration, explore, type Limits } from './explorer.js';
import { type Flaw, MUTATIONS, mutations, RULES, rules } from './rules.js';

/** A deep exploration ends here: about 1.5 GB, and some minutes each. */
const DEEP_STATES = 30_000_000;
const DEEP_MS = 600_000;

interface Line {
  readonly configuration: string;
  readonly without: Flaw | null;
  readonly exploration: Exploration;
}

function run(configuration: Configuration, without: Flaw | null, limits: Limits): Line {
  return {
    configuration: configuration.name,
    without,
    exploration: explore(configuration.shape, without, limits),
  };
}

function printExploration({ about }: Configuration, { configuration, exploration }: Line): void {
  const { states, transitions, depth, ms, violation, isComplete, livenessChecked, goodRests } = exploration;
  console.log(`${configuration}: ${about}`);
  console.log(
    `  ${states} states, ${transitions} transitions, ${depth} deep, ${(ms / 1000).toFixed(1)} s, ` +
      `odds of a collision ${exploration.collisionOdds.toExponential(1)}`,
  );
  if (livenessChecked) console.log(`  from each a good rest can be reached; there are ${goodRests}`);
  else console.log('  ways to a good rest were not looked for');
  if (!isComplete && !violation)
    console.log('  stopped at the bound: everything up to that depth was covered');
  if (violation) printViolation(exploration);
  else console.log('  every promise held');
}

function printViolation({ violation }: Exploration): void {
  if (!violation) return;
  console.log(`  VIOLATED ${violation.promise}`);
  violation.trace.forEach((step, i) => console.log(`  ${String(i + 1).padStart(4)}. ${step}`));
}

/** Leaves out one rule, or breaks one step, in the configuration that shows it. */
function leaveOut(flaw: Flaw): Line {
  return run(configurationNamed(shownBy[flaw][0]), flaw, { liveness: true, maxStates: DEEP_STATES });
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

function isFlaw(name: string): name is Flaw {
  return name in RULES || name in MUTATIONS;
}

/** @returns the exit code: 0 when every promise held, and every rule that was left out was missed */
function main(): number {
  const { values } = parseArgs({
    options: {
      deep: { type: 'boolean', default: false },
      without: { type: 'string' },
      configuration: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const { without } = values;
  if (without !== undefined && !isFlaw(without)) {
    console.error(`--without wants one of: ${[...rules, ...mutations].join(', ')}`);
    return 2;
  }
  const lines: Line[] = [];
  const say = (print: () => void): void => {
    if (!values.json) print();
  };
  if (without !== undefined) {
    const line =
      values.configuration === undefined
        ? leaveOut(without)
        : run(configurationNamed(values.configuration), without, { liveness: true, maxStates: DEEP_STATES });
    lines.push(line);
    say(() => console.log(`without ${without}, in "${line.configuration}":`));
    say(() => printViolation(line.exploration));
    if (!line.exploration.violation) say(() => console.log('  nothing was violated'));
  } else if (values.configuration !== undefined) {
    const configuration = configurationNamed(values.configuration);
    const line = run(configuration, null, { liveness: true, maxStates: DEEP_STATES });
    lines.push(line);
    say(() => printExploration(configuration, line));
  } else {
    const limits = { maxStates: DEEP_STATES, maxMs: DEEP_MS };
    const chosen = [
      ...configurations.map((configuration) => ({ ...configuration, liveness: true })),
      ...(values.deep ? deep : []),
    ];
    for (const configuration of chosen) {
      const line = run(configuration, null, { ...limits, liveness: configuration.liveness });
      lines.push(line);
      say(() => printExploration(configuration, line));
    }
    const leftOut = [...rules, ...mutations].map(leaveOut);
    lines.push(...leftOut);
    say(() => printTable(leftOut));
  }
  if (values.json) console.log(JSON.stringify(lines));
  const asExpected = lines.every((line) => (line.exploration.violation === null) === (line.without === null));
  return asExpected ? 0 : 1;
}

process.exitCode = main();
