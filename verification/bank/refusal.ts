/** The bank does nothing of what was asked for, and says so: `{"code":"…"}`. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    readonly status: number,
    /** A short stable word. */
    readonly code: string,
    /** A sentence for whoever reads the answer. */
    readonly detail?: string,
  ) {
    super(code);
  }
}
