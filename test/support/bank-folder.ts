import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';

/** A log file for a bank of its own; it goes with the data of the test run. */
export async function newBankLog(): Promise<string> {
  const parent = process.env.TEST_DATA_DIR;
  if (!parent) throw new Error('TEST_DATA_DIR is not set: run the tests by "npm test".');
  return join(await mkdtemp(join(parent, 'bank-')), 'bank.jsonl');
}
