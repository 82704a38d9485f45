/** The bank refuses a request and does nothing. The answer is `{"code":"…"}`. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    readonly status: number,
    /** A short, stable code. */
    readonly code: string,
    /** A sentence for the reader of the answer. */
    readonly detail?: string,
  ) {
    super(code);
  }
}
