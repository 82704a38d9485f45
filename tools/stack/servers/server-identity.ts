import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { findFreePort, isPortFree } from './free-port.js';

export interface ServerIdentity {
  port: number;
  password: string;
}

async function remembered(file: string): Promise<Partial<ServerIdentity>> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Partial<ServerIdentity>;
  } catch {
    return {};
  }
}

/**
 * The server's port and password from the last start, read from its file in the data folder, so that its URL stays the
 * same. Generated at the first start. A port that is taken is replaced.
 * @param given the password of the server that this one was copied from
 */
export async function loadServerIdentity(file: string, given?: string): Promise<ServerIdentity> {
  const last = await remembered(file);
  const port = last.port && (await isPortFree(last.port)) ? last.port : await findFreePort();
  const identity = { port, password: given ?? last.password ?? randomBytes(24).toString('base64url') };
  await writeFile(file, JSON.stringify(identity), { mode: 0o600 });
  return identity;
}
