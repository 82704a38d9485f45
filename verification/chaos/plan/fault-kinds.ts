import { type Misfortune, misfortunes } from '../../bank/fault-kinds.js';
import { type ToxicKind, toxicKinds } from '../proxy/toxic.js';

export type Provider = 'ledger' | 'http';

/** What stands between two processes and can be spoilt: who calls whom. `api` is between the people and an api. */
export const links = ['api', 'redis', 'postgres', 'bank'] as const;
export type Link = (typeof links)[number];

const serverFaults = [
  'kill-api',
  'term-api',
  'freeze-api',
  'kill-worker',
  'term-worker',
  'freeze-worker',
  'kill-redis',
  'freeze-redis',
  'redis-flushall',
  'redis-empty',
  'redis-older',
  'redis-script-flush',
  'redis-pause',
  'redis-full',
  'kill-postgres',
  'freeze-postgres',
  'postgres-restart',
  'postgres-terminate',
  'postgres-stall',
  'postgres-standby',
  'redis-two-masters',
  'redis-full-long',
  'redis-key-lost',
  'postgres-restore',
] as const;
const bankFaults = ['kill-bank', 'freeze-bank'] as const;

/** What a gate is made of in Redis: the end of a key's name, or the part of it after which epoch and number follow. */
export const gateParts = [
  'facts',
  'available',
  'processing',
  'holders',
  'claims',
  'line',
  'line-leases',
  'copies',
] as const;
export type GatePart = (typeof gateParts)[number];

export type ServerFault = (typeof serverFaults)[number] | (typeof bankFaults)[number];
export type LinkFault = `link-${Link}-${ToxicKind}`;
export type BankFault = `bank-${Misfortune}`;
export type FaultKind = ServerFault | LinkFault | BankFault;

/** Every kind that there is with this provider, by what it happens to. Their order is part of what a seed means. */
export interface Catalogue {
  readonly servers: readonly ServerFault[];
  readonly links: readonly LinkFault[];
  readonly bank: readonly BankFault[];
}

export function catalogueOf(provider: Provider): Catalogue {
  const isThere = (link: Link): boolean => link !== 'bank' || provider === 'http';
  return {
    servers: [...serverFaults, ...(provider === 'http' ? bankFaults : [])],
    links: links
      .filter(isThere)
      .flatMap((link) => toxicKinds.map((toxic): LinkFault => `link-${link}-${toxic}`)),
    bank: provider === 'http' ? misfortunes.map((kind): BankFault => `bank-${kind}`) : [],
  };
}
