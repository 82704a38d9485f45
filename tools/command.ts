import { StackError } from './stack/stack-error.js';

/** The command line asks for something that cannot be done; the message is one sentence for the user. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

function isForTheUser(error: unknown): error is Error {
  if (error instanceof UsageError || error instanceof StackError) return true;
  // node:util parseArgs speaks in sentences, too.
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}

/**
 * Runs a tool and ends the process with the exit code that it returns.
 * An error meant for the user is printed as its sentence, anything else with its stack; both exit with 1.
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
