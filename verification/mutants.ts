import { readCommandLine } from '../tools/command-line/read-command-line.js';
import { UsageError } from '../tools/command-line/usage-error.js';
import { runCommand } from '../tools/command.js';
import { allMutants } from './mutants/all-mutants.js';
import { mutantsCommand } from './mutants/mutants-options.js';
import { MutatedCopy, type Verdict } from './mutants/mutated-copy.js';

function print({ mutant, killedBy, trouble }: Verdict): void {
  const word = trouble ? '????    ' : killedBy.length > 0 ? 'killed  ' : 'SURVIVED';
  console.log(`${word} ${mutant.name} (${mutant.breaks})`);
  if (trouble) console.log(`           ${trouble}`);
  for (const test of killedBy.slice(0, 5)) console.log(`           ${test}`);
  if (killedBy.length > 5) console.log(`           and ${killedBy.length - 5} more`);
}

runCommand(mutantsCommand, async (args) => {
  const { values } = readCommandLine(mutantsCommand, args);
  const { only } = values;
  const chosen = allMutants.filter(({ name }) => only === undefined || name.includes(only));
  if (chosen.length === 0) throw new UsageError(`No mutant's name contains "${only}": see --list.`);
  if (values.list) {
    for (const { name, breaks } of chosen) console.log(`${breaks.padEnd(14)} ${name}`);
    return 0;
  }
  const copy = new MutatedCopy();
  const verdicts: Verdict[] = [];
  await copy.make();
  try {
    for (const mutant of chosen) {
      const verdict = await copy.try(mutant);
      verdicts.push(verdict);
      print(verdict);
    }
  } finally {
    await copy.remove();
  }
  const killed = verdicts.filter(({ killedBy }) => killedBy.length > 0).length;
  console.log(`\n${killed} of ${verdicts.length} mutants were killed.`);
  if (values.json) {
    console.log(
      JSON.stringify(
        verdicts.map(({ mutant: { name, breaks }, killedBy, trouble }) => ({
          name,
          breaks,
          killedBy,
          trouble,
        })),
      ),
    );
  }
  return killed === verdicts.length ? 0 : 1;
});
