import { tilePath } from '../formats/tile-path.js';
import type { LogSource } from './log-source.js';

const TIMEOUT_MS = 30_000;

/** A log that is published over HTTP. @param base of its paths, such as https://give.example.com/v1/transparency */
export function logAt(base: URL): LogSource {
  const folder = base.href.endsWith('/') ? base.href : `${base.href}/`;
  const fetched = async (path: string): Promise<Response | null> => {
    const answer = await fetch(new URL(path, folder), { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (answer.status === 404) return null;
    if (!answer.ok) throw new Error(`${folder}${path} answers ${answer.status}.`);
    return answer;
  };
  return {
    text: async (name) => (await (await fetched(name))?.text()) ?? null,
    tile: async (id) => {
      const answer = await fetched(tilePath(id));
      if (!answer) throw new Error(`${folder}${tilePath(id)} is missing.`);
      return new Uint8Array(await answer.arrayBuffer());
    },
  };
}
