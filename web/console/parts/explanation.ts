import { isSignedOut, ProblemError } from '../api/problem.js';
import type { Messages } from '../messages/en.js';

/** What a refusal means, in the viewer's language where the code says it all; otherwise as the API puts it. */
export function explanation(error: unknown, m: Messages): string {
  if (!(error instanceof ProblemError)) return m.failedOffline;
  if (isSignedOut(error)) return m.loginEnded;
  if (saysMore(error)) return error.message;
  return m.problem[error.code] ?? (error.status >= 500 ? m.failedUnavailable : error.message);
}

/** Only the sentence of the API tells what is wrong: no field is named, or a number that nobody else knows. */
function saysMore({ code, status, fields }: ProblemError): boolean {
  if (code === 'invalid-request') return Object.keys(fields).length === 0;
  return code === 'over-budget' && status === 400; // 409: the treasury has too little
}
