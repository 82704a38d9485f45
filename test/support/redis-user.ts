import { readFileSync } from 'node:fs';
import { DEFAULT_KEY_PREFIX } from '../../src/grants/slots/gate-keys.js';

/** What .env.example gives to a Redis user of an installation: arguments of ACL SETUSER after name and password. */
export function rightsOfRedisUser(keyPrefix = DEFAULT_KEY_PREFIX): string[] {
  const example = readFileSync('.env.example', 'utf8');
  const rights = /ACL SETUSER seonchak on (?:>\S+) (.+)$/m.exec(example)?.[1];
  if (rights === undefined) throw new Error('.env.example does not say what a Redis user needs.');
  return rights.replaceAll(DEFAULT_KEY_PREFIX, keyPrefix).split(' ');
}
