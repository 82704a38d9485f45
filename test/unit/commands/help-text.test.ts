import { helpText } from '../../../tools/command-line/help-text.js';
import { allCommands } from '../../support/all-commands.js';

describe.each(allCommands.map((command) => [command.name, command] as const))('help of %s', (_, command) => {
  const help = helpText(command);

  it('names every option with what is allowed and the default', () => {
    const inOneLine = help.replaceAll(/\s+/g, ' ');
    for (const [name, option] of Object.entries(command.options)) {
      if (option.kind && option.isInternal) continue;
      expect(help).toContain(`--${name}`);
      expect(inOneLine).toContain(option.about);
      if (option.kind) expect(inOneLine).toContain(option.kind.allowed);
      if (option.kind?.read && option.default !== undefined)
        expect(inOneLine).toContain(`(default: ${option.default})`);
    }
  });

  it('has an example, and what each exit code means', () => {
    expect(command.examples.length).toBeGreaterThan(0);
    expect(help).toMatch(/Exit codes:\n {2}0 .*\n(?: .*\n)*? {2}1 /);
    expect(help).toMatch(/\n {2}2 {2}.*command line is wrong/);
  });

  it('has lines of at most 120 columns', () => {
    expect(help.split('\n').filter((line) => line.length > 120)).toEqual([]);
  });
});
