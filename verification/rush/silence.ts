/** What is said when a service does not answer at all. An answer of any status is something else. */
export function silenceOf(url: string, error: unknown): string {
  return `Nobody answers at ${url} (${reasonOf(error)})`;
}

/** Of a name with several addresses the error is an AggregateError, whose message is empty. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || ('code' in error && String(error.code)) || error.name;
}
