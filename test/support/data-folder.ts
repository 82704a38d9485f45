import { join } from 'node:path';

/** A folder for the files of one test file; it is removed with the run. Whoever writes there creates it. */
export function dataFolderOf(name: string): string {
  const parent = process.env.TEST_DATA_DIR;
  if (!parent) throw new Error('TEST_DATA_DIR is not set: run the tests with "npm test".');
  return join(parent, name);
}
