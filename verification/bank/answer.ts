import type { ServerResponse } from 'node:http';
import type { Refusal } from './refusal.js';

/** The bank's answer if no fault happens. */
export interface Answer {
  readonly status: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

export function refusalAnswer({ status, code, detail }: Refusal): Answer {
  return { status, body: { code, ...(detail === undefined ? {} : { detail }) } };
}

/** Sends the text with its length in one write. */
export function sendText(response: ServerResponse, status: number, text: string, headers = {}): void {
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

export function sendAnswer(response: ServerResponse, { status, body, headers }: Answer): void {
  sendText(response, status, JSON.stringify(body), headers);
}
