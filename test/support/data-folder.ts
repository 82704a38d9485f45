import { join } from 'node:path';

/** A folder for the files of one test file; it goes away with the run. Whoever writes there makes it. */
export function dataFolderOf(name: string): string {
  const parent = process.env.TEST_DATA_DIR;
  if (!parent) throw new Error('TEST_DATA_DIR is not set: run the tests by "npm test".');
  return join(parent, name);
}
