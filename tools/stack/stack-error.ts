/** Something that the stack needs is missing or broken. The message says what, and what to do about it. */
export class StackError extends Error {
  override readonly name = 'StackError';
}
