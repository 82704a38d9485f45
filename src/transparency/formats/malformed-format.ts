/** Bytes or text that are not of the format that they should be. */
export class MalformedFormat extends Error {
  /**
   * @param format its name, e.g. "signed note"
   * @param reason ends the sentence "The <format> …"
   */
  constructor(
    readonly format: string,
    reason: string,
  ) {
    super(`The ${format} ${reason}.`);
    this.name = 'MalformedFormat';
  }
}
