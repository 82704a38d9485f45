/** What was handed in can't be judged: the message is one sentence for the user. Neither clean nor violated. */
export class UnusableInputError extends Error {
  override readonly name = 'UnusableInputError';
}
