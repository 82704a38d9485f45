import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { allMutants } from '../../verification/mutants/all-mutants.js';
import { applyEdit, type Mutant } from '../../verification/mutants/mutant.js';
import { isCompiled, MutantCompiler } from '../support/mutant-compiler.js';

const root = join(__dirname, '../..');
const testFiles = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' }).map(
  (file) => `test/${file}`,
);
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

describe('the mutants of `npm run mutants`', () => {
  const files = allMutants.flatMap(({ edits }) => edits.map(({ file }) => file)).filter(isCompiled);
  const compiler = new MutantCompiler([...new Set(files)]);

  it.each(allMutants.map((mutant) => [mutant.name, mutant] as const))(
    '%s: applies to the code',
    (_, mutant) => {
      for (const edit of mutant.edits) expect(applyEdit(read(edit.file), edit)).not.toBe(read(edit.file));
      for (const path of mutant.tests)
        expect(testFiles.filter((file) => file.includes(path))).not.toEqual([]);
    },
  );

  // A mutant that does not compile turns every test red and proves nothing.
  it.each(allMutants.map((mutant) => [mutant.name, mutant] as const))('%s: compiles', (_, mutant) => {
    expect(compiler.errorsOf(mutant)).toEqual([]);
  });

  // What a later migration replaces is in no schema that a test sees.
  it('edit a migration only where no later one replaces what it creates', () => {
    const migrations = readdirSync(join(root, 'migrations')).filter((file) => file.endsWith('.ts'));
    const edits = allMutants.flatMap((mutant) => mutant.edits);
    for (const { file, find } of edits.filter((edit) => edit.file.startsWith('migrations/'))) {
      const before = read(file).split(find)[0] ?? '';
      const created = [...before.matchAll(/CREATE (?:OR REPLACE )?(?:VIEW|FUNCTION|TRIGGER) (\w+)/g)].at(
        -1,
      )?.[1];
      const creates = new RegExp(`CREATE (OR REPLACE )?(VIEW|FUNCTION|TRIGGER) ${created}\\b`);
      expect(
        `migrations/${migrations.filter((other) => creates.test(read(`migrations/${other}`))).at(-1)}`,
      ).toBe(file);
    }
  });

  it('are reported if they do not compile', () => {
    const [file = ''] = files;
    const unused: Mutant = {
      name: 'a line that uses nothing',
      breaks: 'the compiler',
      edits: [
        { file, find: read(file), replace: `${read(file)}\nfunction unused(): number { return ''; }\n` },
      ],
      tests: [],
    };
    expect(compiler.errorsOf(unused)).toEqual([
      expect.stringContaining("'unused' is declared but"),
      expect.stringContaining("Type 'string' is not assignable"),
    ]);
  });

  it('have unique names', () => {
    expect(new Set(allMutants.map(({ name }) => name)).size).toBe(allMutants.length);
  });

  it('are refused if the code to change is missing or ambiguous', () => {
    const edit = { file: 'a', find: 'x', replace: 'y' };
    expect(() => applyEdit('nothing of it', edit)).toThrow('a holds 0 times: x');
    expect(() => applyEdit('x and x', edit)).toThrow('a holds 2 times: x');
  });
});
