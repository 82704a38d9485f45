import { type Fault, allFaults } from '../../bank/fault-kinds.js';
import { type ToxicKind, toxicKinds } from '../proxy/toxic.js';

export type Provider = 'ledger' | 'http';

/** The connections that faults can affect, by the called server. `api` is between the users and an api. */
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

/** The parts of the names of a gate's Redis keys: the suffix, or what precedes epoch and number. */
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
export type BankFault = `bank-${Fault}`;
export type FaultKind = ServerFault | LinkFault | BankFault;

/** Every kind of fault with this provider, by its target. To reorder them changes the plan of each seed. */
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
    bank: provider === 'http' ? allFaults.map((kind): BankFault => `bank-${kind}`) : [],
  };
}
