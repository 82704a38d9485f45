import type { CommandDeclaration } from './command-line/command-declaration.js';
import { helpText } from './command-line/help-text.js';
import { asksForHelp } from './command-line/read-command-line.js';
import { UsageError } from './command-line/usage-error.js';
import { StackError } from './stack/stack-error.js';

/** The exit code when the command line asks for something impossible. */
const WRONG_USAGE = 2;

/**
 * Prints the help if it is asked for; otherwise runs the command and exits with the code that it returns. A UsageError
 * exits with 2, another error with the declared code. An error meant for the user is printed as its message, any other
 * error with its stack.
 * @param command gets what was typed after the command's name
 * @param isForTheUser says of further errors that their message is a sentence for the user
 */
export function runCommand(
  declaration: CommandDeclaration,
  command: (args: string[]) => Promise<number>,
  isForTheUser: (error: unknown) => boolean = () => false,
): void {
  const args = process.argv.slice(2);
  if (asksForHelp(args)) {
    console.log(helpText(declaration));
    return;
  }
  command(args).then(
    (code) => process.exit(code),
    (error: unknown) => {
      const isSentence = error instanceof UsageError || error instanceof StackError || isForTheUser(error);
      console.error(isSentence && error instanceof Error ? error.message : error);
      process.exit(error instanceof UsageError ? WRONG_USAGE : (declaration.errorCode ?? 1));
    },
  );
}
