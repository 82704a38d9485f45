import type { Dispatcher } from 'undici';

/** The result of a call that got no answer. */
export interface NoAnswer {
  readonly error: Error;
  /** Whether a byte of the request may have left: it had been given to an established connection. */
  readonly mayHaveLeft: boolean;
}

/** By name in lower case; a list if a header came several times. */
export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** An HTTP answer, its body read in full. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly body: string;
}

/**
 * Makes one call to a provider over `dispatcher`; everything up to the last byte of the answer takes at most
 * `timeoutMs`. A request that fails before it is given to a connection (unknown name, connection refused, no agreement
 * on TLS, no connection free in time) has certainly not left, and never will (R23). undici calls `onRequestStart` right
 * before it writes, and writes nothing of a request that is aborted there. Error codes don't tell, since ECONNRESET may
 * come before and after.
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
