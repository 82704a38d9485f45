/** The folder holds something else than the beginning of this log, or there is nothing to copy. */
export class CopyRefused extends Error {
  override readonly name = 'CopyRefused';
}
