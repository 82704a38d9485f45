import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MalformedFormat } from '../../src/transparency/formats/malformed-format.js';
import {
  COSIGNATURE,
  formatSignerKey,
  makeSignerKey,
  parseSignerKey,
  type SignerKey,
} from '../../src/transparency/formats/note-key.js';
import { StackError } from '../../tools/stack/stack-error.js';

const SEED_BYTES = 32;

/** Makes a key in a folder, which may not have one yet. @throws StackError */
export async function makeWitnessKey(folder: string, name: string): Promise<SignerKey> {
  try {
    const key = makeSignerKey(name, randomBytes(SEED_BYTES), COSIGNATURE);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(fileIn(folder), `${formatSignerKey(key)}\n`, { flag: 'wx', mode: 0o600 });
    return key;
  } catch (error) {
    if (error instanceof MalformedFormat) throw new StackError(error.message);
    throw new StackError(`No key was made: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

/** The key of a folder. @throws StackError if there is none, or it is not a witness's */
export async function readWitnessKey(folder: string): Promise<SignerKey> {
  const text = await readFile(fileIn(folder), 'utf8').catch(() => {
    throw new StackError(`${folder} has no key. Make one: npm run witness -- --folder DIR --new-key NAME`);
  });
  try {
    const key = parseSignerKey(text.trimEnd());
    if (key.type === COSIGNATURE) return key;
  } catch (error) {
    if (!(error instanceof MalformedFormat)) throw error;
  }
  throw new StackError(`${fileIn(folder)} is no key for cosignatures.`);
}

function fileIn(folder: string): string {
  return join(folder, 'key');
}
