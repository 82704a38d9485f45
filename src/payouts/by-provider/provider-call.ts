import type { Dispatcher } from 'undici';

/** What came of a call when no answer did. */
export interface NoAnswer {
  readonly error: Error;
  /** Whether a byte of the request may have left: it had been given to a connection that stood. */
  readonly mayHaveLeft: boolean;
}

/** By names in lower case; a list where a header came several times. */
export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** An HTTP answer, its body read in full. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly body: string;
}

/**
 * One call of a provider over `dispatcher`, from here to the last byte of its answer within `timeoutMs`. What fails before the
 * request is given to a connection (the name is unknown, the connection refused, TLS not agreed on, no connection free in
 * time) has surely not left, and never will (R23). undici says `onRequestStart` right before it writes, and writes nothing
 * of what was aborted then; codes of errors don't tell, since ECONNRESET may come before and after.
 */
export function callProvider(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  timeoutMs: number,
): Promise<HttpAnswer | NoAnswer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let started: Dispatcher.DispatchController | undefined;
    let status = 0;
    let headers: AnswerHeaders = {};
    let timedOut: Error | undefined;

    const end = (outcome: HttpAnswer | NoAnswer): void => {
      clearTimeout(timer);
      resolve(outcome); // the first one counts
    };
    const timer = setTimeout(() => {
      timedOut = new DOMException('The call took too long.', 'TimeoutError');
      if (started) started.abort(timedOut);
      end({ error: timedOut, mayHaveLeft: started !== undefined });
    }, timeoutMs);

    dispatcher.dispatch(options, {
      onRequestStart(controller) {
        if (timedOut) controller.abort(timedOut);
        else started = controller;
      },
      onResponseStart(_, statusCode, responseHeaders) {
        [status, headers] = [statusCode, responseHeaders];
      },
      onResponseData(_, chunk) {
        chunks.push(chunk);
      },
      onResponseEnd() {
        end({ status, headers, body: Buffer.concat(chunks).toString() });
      },
      onResponseError(_, error) {
        end({ error, mayHaveLeft: started !== undefined });
      },
    });
  });
}
