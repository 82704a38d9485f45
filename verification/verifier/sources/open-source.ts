import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openProof } from '../reading/proof-to-check.js';
import { PROOF_FORMAT } from '../reading/proof-file.js';
import { UnusableInput } from '../unusable-input.js';
import type { LogToCheck } from '../verdict/check-log.js';
import { type LogFolder, openLogFolder } from './log-folder.js';

/** Until a server begins to answer, ms. */
const ANSWER_WITHIN_MS = 30_000;
/** Where a service publishes its log. */
const PUBLISHED_UNDER = 'v1/transparency/';

/**
 * A proof or a whole log, by what the user named: a file, `-` for standard input, a folder, or a URL.
 * @throws UnusableInput when there is neither
 */
export async function openSource(place: string, campaign: string | null): Promise<LogToCheck> {
  if (place === '-') return openProof(process.stdin, campaign);
  if (/^https?:\/\//.test(place)) return openUrl(place, campaign);
  const found = await stat(place).catch(() => null);
  if (!found) throw new UnusableInput(`There is no ${place}.`);
  if (!found.isDirectory()) return openProof(createReadStream(place), campaign);
  const log = await openLogFolder({ read: (path) => readIfThere(join(place, path)) }, campaign);
  if (!log) throw new UnusableInput(`There is no log in ${place}: it has no file "checkpoint".`);
  return log;
}

async function openUrl(url: string, campaign: string | null): Promise<LogToCheck> {
  const proof = await proofAt(url);
  if (proof) return openProof(proof, campaign);
  const base = url.replace(/(\/checkpoint)?\/?$/, '/');
  for (const root of [base, `${base}${PUBLISHED_UNDER}`]) {
    const log = await openLogFolder(folderAt(root), campaign);
    if (log) return log;
  }
  throw new UnusableInput(`There is neither a proof nor a log at ${url}.`);
}

/** The bytes at a URL if they begin as a proof does. */
async function proofAt(url: string): Promise<AsyncIterable<Uint8Array> | null> {
  const response = await request(url);
  const chunks = response.body?.[Symbol.asyncIterator]();
  if (!response.ok || !chunks) return null;
  const { value: first } = await chunks.next();
  if (first && new TextDecoder().decode(first).startsWith(PROOF_FORMAT))
    return (async function* () {
      yield first;
      yield* { [Symbol.asyncIterator]: () => chunks };
    })();
  await chunks.return?.();
  return null;
}

function folderAt(root: string): LogFolder {
  return {
    async read(path) {
      const response = await request(`${root}${path}`);
      if (response.ok) return new Uint8Array(await response.arrayBuffer());
      await response.body?.cancel();
      if (response.status === 404) return null;
      throw new UnusableInput(`${root}${path} was answered with ${response.status}.`);
    },
  };
}

async function request(url: string): Promise<Response> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), ANSWER_WITHIN_MS);
  try {
    return await fetch(url, { signal: late.signal });
  } catch (error) {
    throw new UnusableInput(
      `There is no answer from ${url}: ${String(error instanceof Error ? (error.cause ?? error) : error)}.`,
    );
  } finally {
    clearTimeout(timer);
  }
}

async function readIfThere(path: string): Promise<Uint8Array | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
