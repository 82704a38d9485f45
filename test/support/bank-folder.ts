import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';

/** The path of a log file for one bank; it is removed with the data of the test run. */
export async function newBankLog(): Promise<string> {
  const parent = process.env.TEST_DATA_DIR;
  if (!parent) throw new Error('TEST_DATA_DIR is not set: run the tests with "npm test".');
  return join(await mkdtemp(join(parent, 'bank-')), 'bank.jsonl');
}
