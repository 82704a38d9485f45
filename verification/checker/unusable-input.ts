/** The given records cannot be judged. The message is one sentence for the user. */
export class UnusableInputError extends Error {
  override readonly name = 'UnusableInputError';
}
