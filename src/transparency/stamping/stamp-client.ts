import { randomBytes } from 'node:crypto';
import { request } from 'undici';
import { outgoingAgent } from '../../platform/http/outgoing-agent.js';
import { equalBytes } from '../formats/bytes.js';
import { MalformedFormat } from '../formats/malformed-format.js';
import { sha256 } from '../formats/sha256.js';
import { formatTimeStampRequest, parseTimeStamp, readTimeStampResponse } from '../formats/time-stamp.js';

const ANSWER_LIMIT_BYTES = 64 * 1024;

const agent = outgoingAgent({ mostBytes: ANSWER_LIMIT_BYTES });

/**
 * Asks a time-stamping authority once (RFC 3161, section 3.4).
 * @param text what is to be stamped
 * @returns the token in DER: of this text and of this request. Who signed it is for the verifier to judge
 * @throws Error when there is no answer, or it is no token for this request
 */
export async function requestTimeStamp(url: string, text: string, signal: AbortSignal): Promise<Uint8Array> {
  const hash = sha256(text);
  const nonce = new Uint8Array([1, ...randomBytes(8)]);
  const answer = await request(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/timestamp-query', Accept: 'application/timestamp-reply' },
    body: formatTimeStampRequest(hash, nonce),
    dispatcher: agent,
    signal,
  });
  const body = await answer.body.bytes();
  if (answer.statusCode !== 200) throw new Error(`It answers with status ${answer.statusCode}.`);
  const token = readTimeStampResponse(body);
  const stamp = parseTimeStamp(token);
  if (!equalBytes(stamp.hash, hash) || !equalBytes(stamp.nonce, nonce))
    throw new MalformedFormat('time stamp', 'is of another request');
  return token;
}
