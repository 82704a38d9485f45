import { randomBytes } from 'node:crypto';
import { formatSignerKey, formatVerifierKey, makeSignerKey } from '../formats/note-key.js';

/** The keys of a new log, in text form, by the variables that take them. */
export interface NewKeys {
  readonly TRANSPARENCY_KEY: string;
  readonly TRANSPARENCY_VERIFIER: string;
  readonly TRANSPARENCY_RECEIPT_KEY: string;
  readonly TRANSPARENCY_RECEIPT_VERIFIER: string;
}

/** @throws MalformedFormat for an origin that is empty or has spaces or a plus sign */
export function makeLogKeys(origin: string): NewKeys {
  const log = makeSignerKey(origin, randomBytes(32));
  const receipts = makeSignerKey(`${origin}/receipts`, randomBytes(32));
  return {
    TRANSPARENCY_KEY: formatSignerKey(log),
    TRANSPARENCY_VERIFIER: formatVerifierKey(log),
    TRANSPARENCY_RECEIPT_KEY: formatSignerKey(receipts),
    TRANSPARENCY_RECEIPT_VERIFIER: formatVerifierKey(receipts),
  };
}
