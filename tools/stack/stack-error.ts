/** Something the stack needs is missing or does not work; the message says what, and what to do about it. */
export class StackError extends Error {
  override readonly name = 'StackError';
}
