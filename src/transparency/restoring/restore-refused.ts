/** The log cannot be gone on with as it is: the message says why. Nothing was changed. */
export class RestoreRefused extends Error {
  override readonly name = 'RestoreRefused';
}
