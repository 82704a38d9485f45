import { tilePath } from '../formats/tile-path.js';
import { listPath } from './list-path.js';
import type { LogSource } from './log-source.js';

const TIMEOUT_MS = 30_000;
/** As long as the service writes at one. */
const LIST_TIMEOUT_MS = 600_000;

/** A log that is published over HTTP. @param base of its paths, such as https://give.example.com/v1/transparency */
export function logAt(base: URL): LogSource {
  const folder = base.href.endsWith('/') ? base.href : `${base.href}/`;
  const fetched = async (path: string, timeoutMs = TIMEOUT_MS): Promise<Response | null> => {
    const answer = await fetch(new URL(path, folder), { signal: AbortSignal.timeout(timeoutMs) });
    if (answer.ok) return answer;
    await answer.body?.cancel();
    if (answer.status === 404) return null;
    throw new Error(`${folder}${path} answers ${answer.status}.`);
  };
  return {
    text: async (name) => (await (await fetched(name))?.text()) ?? null,
    tile: async (id) => {
      const answer = await fetched(tilePath(id));
      if (!answer) throw new Error(`${folder}${tilePath(id)} is missing.`);
      return new Uint8Array(await answer.arrayBuffer());
    },
    list: async (campaign) => {
      // A service has it beside its other files of the campaign, a static host where a copy has it.
      for (const path of [`../campaigns/${campaign}/eligible-commitments`, listPath(campaign)]) {
        const body = (await fetched(path, LIST_TIMEOUT_MS))?.body;
        if (body) return body;
      }
      return null;
    },
  };
}
