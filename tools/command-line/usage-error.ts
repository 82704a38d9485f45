/** The command line asks for something impossible. The message is one sentence for the user. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
