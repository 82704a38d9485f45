/** One change of a file: `find` stands there exactly once. */
export interface Edit {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** A way to break the service on purpose, and the tests that must not let it pass. */
export interface Mutant {
  readonly name: string;
  /** What it breaks: promises and rules. */
  readonly breaks: string;
  readonly edits: readonly Edit[];
  /** Paths of tests, as Jest takes them; enough of them to see it, few enough to be quick. */
  readonly tests: readonly string[];
}

/**
 * The text with the edit made.
 * @throws Error when `find` does not stand there exactly once: the code has moved on, and the mutant must follow
 */
export function applyEdit(text: string, { file, find, replace }: Edit): string {
  const times = text.split(find).length - 1;
  if (times !== 1) throw new Error(`${file} holds ${times} times: ${find.trim().split('\n')[0]}`);
  return text.replace(find, () => replace);
}
