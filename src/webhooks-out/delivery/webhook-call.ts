import { Webhook } from 'standardwebhooks';
import { type Dispatcher, errors, request } from 'undici';
import type { Origin } from '../../platform/tracing/tracing.js';
import { AddressRefused } from './guarded-agent.js';

/** A receiver, as far as a call needs it. */
export interface Receiver {
  readonly url: string;
  /** Each signs: a receiver that knows one of them can verify. */
  readonly secrets: readonly string[];
}

/** What is sent. */
export interface Message {
  readonly id: string;
  readonly body: string;
  /** The place of the call in a trace of ours; undefined while tracing is off. */
  readonly traceparent: Origin;
}

/** What became of a call. */
export interface Outcome {
  readonly kind: 'accepted' | 'gone' | 'failed';
  /** Why it failed: `answered-<status>`, or a word. */
  readonly why: string;
  /** How long the receiver wants to be left alone (ms); 0 when it did not say. */
  readonly pauseMs: number;
}

const ACCEPTED: Outcome = { kind: 'accepted', why: '', pauseMs: 0 };

/** What Node calls a certificate that is not trusted: unknown authority, not valid now, or of another host. */
const UNTRUSTED = /SELF_SIGNED_CERT|^(CERT|UNABLE_TO_(GET|VERIFY)|ERR_TLS_CERT)_/;

/** A receiver is not obeyed for longer. */
const LONGEST_PAUSE_MS = 3_600_000;

/**
 * Sends one webhook as Standard Webhooks defines it. Redirects are not followed: they are failures. The answer's status
 * is all that counts; its body is read only to keep the connection.
 * @param sentAt of this attempt, by Postgres' clock: receivers refuse old ones
 * @throws Error only when `signal` aborts
 */
export async function callReceiver(
  agent: Dispatcher,
  { url, secrets }: Receiver,
  { id, body, traceparent }: Message,
  sentAt: Date,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<Outcome> {
  const seconds = new Date(Math.floor(sentAt.getTime() / 1_000) * 1_000);
  const headers = {
    ...(traceparent === undefined ? {} : { traceparent }),
    'content-type': 'application/json',
    'user-agent': 'Seonchak-Webhooks',
    'webhook-id': id,
    'webhook-timestamp': String(seconds.getTime() / 1_000),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, seconds, body)).join(' '),
  };
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const answer = await request(url, { dispatcher: agent, method: 'POST', headers, body, signal: limit });
    await answer.body.dump({ limit: Infinity, signal: limit }).catch(() => undefined);
    return outcomeOf(answer.statusCode, answer.headers['retry-after']);
  } catch (error) {
    signal.throwIfAborted();
    return { kind: 'failed', why: wordFor(error), pauseMs: 0 };
  }
}

function outcomeOf(status: number, retryAfter: string | string[] | undefined): Outcome {
  if (status >= 200 && status < 300) return ACCEPTED;
  const seconds = typeof retryAfter === 'string' && /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) : 0;
  return {
    kind: status === 410 ? 'gone' : 'failed',
    why: `answered-${status}`,
    pauseMs: Math.min(LONGEST_PAUSE_MS, seconds * 1_000),
  };
}

function wordFor(error: unknown): string {
  if (error instanceof AddressRefused) return 'address-refused';
  const { name, code } = error as { readonly name?: string; readonly code?: unknown };
  if (name === 'TimeoutError' || error instanceof errors.ConnectTimeoutError) return 'time-out';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'unknown-host';
  if (UNTRUSTED.test(String(code))) return 'certificate';
  return /^(HPE_|UND_ERR_HEADERS_OVERFLOW$)/.test(String(code)) ? 'unreadable' : 'connection';
}
