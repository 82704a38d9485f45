import type { ServerResponse } from 'node:http';
import { type Answer, sendAnswer, sendText } from './answer.js';
import type { LookupFault, RequestFault } from './fault-kinds.js';
import type { Odds } from './odds.js';
import type { Transfer } from './transfer.js';

/** The input of a fault: the correct answer, and a random draw that chooses between its variants. */
interface Occasion {
  readonly response: ServerResponse;
  readonly right: Answer;
  readonly odds: Odds;
  readonly variant: (limit: number) => number;
}

type Spoiler = (occasion: Occasion) => void;

const kibibyte = 1024;

/** Faults that alter a correct answer that contains a transfer. */
export const needsTransfer: ReadonlySet<RequestFault> = new Set(['wrongEchoAfter', 'hugeAfter', 'dripAfter']);

/** Sends nothing until the client gives up or `holdMs` pass. */
const hold: Spoiler = ({ response, odds }) => {
  const timer = setTimeout(() => response.destroy(), odds.holdMs).unref();
  response.once('close', () => clearTimeout(timer));
};

const error: Spoiler = ({ response }) => sendText(response, 500, '{"code":"internal-error"}');

const reset: Spoiler = ({ response }) => response.socket?.resetAndDestroy();

const tooMany: Spoiler = ({ response, odds: { retryAfterSeconds, retryAfterAsDate } }) => {
  const retryAfter = retryAfterAsDate
    ? new Date(Date.now() + retryAfterSeconds * 1000).toUTCString()
    : String(retryAfterSeconds);
  sendText(response, 429, '{"code":"too-many-requests"}', { 'Retry-After': retryAfter });
};

/** The body is cut off, with a Content-Length of the part or of the whole; or it is empty; or it is HTML. */
const malformed: Spoiler = ({ response, right: { status, body }, variant }) => {
  const text = JSON.stringify(body);
  const half = text.slice(0, text.length / 2);
  switch (variant(4)) {
    case 0: {
      sendText(response, status, half);
      return;
    }
    case 1: {
      sendText(response, status, '');
      return;
    }
    case 2: {
      sendText(response, status, '<html><body>OK</body></html>', { 'Content-Type': 'text/html' });
      return;
    }
    default:
      response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': text.length });
      response.write(half, () => response.destroy());
  }
};

/** A transfer other than the requested one. */
const wrongEcho: Spoiler = ({ response, right, variant }) => {
  const transfer = right.body as Transfer;
  const others: Partial<Transfer>[] = [
    { idempotencyKey: `${transfer.idempotencyKey}0` },
    { amount: transfer.amount + 1 },
    { userId: `${transfer.userId}0` },
    { currency: transfer.currency === 'USD' ? 'EUR' : 'USD' },
  ];
  sendAnswer(response, { ...right, body: { ...transfer, ...others[variant(others.length)] } });
};

/** The correct answer with megabytes of padding: valid JSON if read to the end. */
const huge: Spoiler = ({ response, right: { status, body }, odds }) => {
  const end = `","more":null}`;
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.write(`${JSON.stringify(body).slice(0, -1)},"padding":"`);
  const padding = Buffer.alloc(64 * kibibyte, 'x');
  let left = odds.hugeBytes;
  const pour = () => {
    while (left > 0 && !response.destroyed) {
      left -= padding.length;
      if (!response.write(padding)) return;
    }
    if (left <= 0 && !response.writableEnded) response.end(end);
  };
  response.on('drain', pour);
  pour();
};

/** The correct answer, one byte at a time. */
const drip: Spoiler = ({ response, right: { status, body }, odds }) => {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': bytes.length });
  let sent = 0;
  const timer = setInterval(() => {
    response.write(bytes.subarray(sent, ++sent));
    if (sent === bytes.length) response.end();
  }, odds.dripMs);
  response.once('close', () => clearInterval(timer));
};

/** How each fault answers. The caller decides whether the request is executed first. */
export const faultAnswers: Readonly<Record<RequestFault | LookupFault, Spoiler>> = {
  timeoutAfter: hold,
  timeoutBefore: hold,
  errorAfter: error,
  errorBefore: error,
  tooMany,
  malformedAfter: malformed,
  wrongEchoAfter: wrongEcho,
  hugeAfter: huge,
  dripAfter: drip,
  resetAfter: reset,
  resetBefore: reset,
  delayedBefore: reset,
  getError: error,
  getTimeout: hold,
};
