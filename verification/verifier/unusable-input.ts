import { MalformedFormat } from '../../src/transparency/formats/malformed-format.js';

/** What was given is no proof, no log, no receipt or no key. The message is one sentence for the user. */
export class UnusableInput extends Error {
  override readonly name = 'UnusableInput';
}

/** Reads something that was given. @throws UnusableInput instead of MalformedFormat */
export function usable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof MalformedFormat ? new UnusableInput(error.message) : error;
  }
}
