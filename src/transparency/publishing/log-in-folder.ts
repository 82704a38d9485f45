import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tilePath } from '../formats/tile-path.js';
import type { LogSource } from './log-source.js';

/** A copy of a log that `npm run publish-log` made. */
export function logIn(folder: string): LogSource {
  return {
    text: async (name) => {
      try {
        return await readFile(join(folder, name), 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw error;
      }
    },
    tile: (id) => readFile(join(folder, tilePath(id))),
  };
}
