import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { invocationOf } from '../../../tools/command-line/command-declaration.js';
import { helpText } from '../../../tools/command-line/help-text.js';
import { allCommands } from '../../support/all-commands.js';

const PAGE = join(__dirname, '../../../docs/commands.md');

const scripts = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };

const introduction = `# Commands

What \`--help\` prints, for every command: \`npm run rush -- --help\`. Options come after \`--\`, which npm needs. A command
that gets a wrong option says which there are, does nothing, and exits with 2. \`npm run -s\` keeps npm's own lines out of
the output. This page is written from the commands' declarations, by
\`WRITE_COMMANDS_PAGE=1 npm run test:unit -- commands-page\`; a test compares the two.
`;

const page = [
  introduction,
  ...allCommands.map((command) => {
    const title = invocationOf(command);
    return `## ${title}\n\n\`\`\`text\n${helpText(command)}\n\`\`\`\n`;
  }),
].join('\n');

it('every command of package.json is declared', () => {
  const named = Object.values(scripts.scripts).flatMap(
    (script) => /^exec node tools\/run\.mjs ([a-z-]+)$/.exec(script)?.slice(1) ?? [],
  );
  expect(allCommands.map(({ name }) => name).sort()).toEqual(named.sort());
});

it('docs/commands.md is what the declarations say', () => {
  if (process.env.WRITE_COMMANDS_PAGE) writeFileSync(PAGE, page);
  expect(readFileSync(PAGE, 'utf8')).toBe(page);
});

it.each(allCommands.map((command) => [command.name, command] as const))(
  'npm run %s -- --help prints it before anything is built',
  (name, command) => {
    for (const option of ['--help', '-h']) {
      const { status, stdout } = spawnSync(process.execPath, ['tools/run.mjs', name, option], {
        encoding: 'utf8',
      });
      expect({ status, stdout }).toEqual({ status: 0, stdout: `${helpText(command)}\n` });
    }
  },
);
