/** One change of a file. `find` must occur in it exactly once. */
export interface Edit {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** A way to break the service on purpose, and the tests that must detect it. */
export interface Mutant {
  readonly name: string;
  /** The promises and rules that it breaks. */
  readonly breaks: string;
  readonly edits: readonly Edit[];
  /** Test paths for Jest: enough to detect the mutant, few enough to be quick. */
  readonly tests: readonly string[];
}

/**
 * Applies the edit to the text.
 * @throws Error if `find` does not occur exactly once: the code has changed, and the mutant must be adapted
 */
export function applyEdit(text: string, { file, find, replace }: Edit): string {
  const times = text.split(find).length - 1;
  if (times !== 1) throw new Error(`${file} holds ${times} times: ${find.trim().split('\n')[0]}`);
  return text.replace(find, () => replace);
}
