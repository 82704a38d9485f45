import { StackError } from './stack/stack-error.js';

/** The command line asks for something impossible. The message is one sentence for the user. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

function isForTheUser(error: unknown): error is Error {
  if (error instanceof UsageError || error instanceof StackError) return true;
  // The errors of parseArgs (node:util) are readable sentences as well.
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}

/**
 * Runs a tool and exits with the code that it returns. An error meant for the user is printed as its message, any other
 * error with its stack. Both exit with 1.
 */
export function runCommand(command: () => Promise<number>): void {
  command().then(
    (code) => process.exit(code),
    (error: unknown) => {
      console.error(isForTheUser(error) ? error.message : error);
      process.exit(1);
    },
  );
}
