import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tilePath } from '../formats/tile-path.js';
import { listPath } from './list-path.js';
import type { LogSource } from './log-source.js';

/** A copy of a log that `npm run publish-log` made. */
export function logIn(folder: string): LogSource {
  return {
    text: (name) => ifThere(readFile(join(folder, name), 'utf8')),
    tile: (id) => readFile(join(folder, tilePath(id))),
    list: async (campaign) => {
      const file = await ifThere(open(join(folder, listPath(campaign))));
      return file && (file.createReadStream() as AsyncIterable<Buffer>);
    },
  };
}

async function ifThere<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
