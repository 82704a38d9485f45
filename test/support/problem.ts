/** What the clients of supertest and of ./http.js have in common. */
interface AnyAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** Expects a complete problem document (RFC 9457) of this status and code, and returns it. */
export function expectProblem(answer: AnyAnswer, status: number, code: string): Record<string, unknown> {
  const document = parsed(answer.text);
  // One comparison, so that a failure prints the whole answer.
  expect({
    status: answer.status,
    contentType: String(answer.headers['content-type']).split(';')[0],
    document,
  }).toEqual({
    status,
    contentType: 'application/problem+json',
    document: expect.objectContaining({
      type: `urn:seonchak:problem:${code}`,
      title: expect.stringMatching(/^[A-Z].+/),
      status,
      code,
      detail: expect.stringMatching(/.{10}/),
    }),
  });
  return document as Record<string, unknown>;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
