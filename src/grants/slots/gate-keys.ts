/** What all keys in Redis begin with, unless REDIS_KEY_PREFIX says otherwise. */
export const DEFAULT_KEY_PREFIX = 'grant';

/** The keys of one gate; the braces put a campaign's keys on one node of a cluster, so that scripts work there. */
export interface GateKeys {
  /** hash, see `scripts/layout.lua` */
  readonly facts: string;
  /** list: free slots; built lowest first, and a slot that comes free goes to the front */
  readonly available: string;
  /** sorted set: slot -> lease deadline in ms */
  readonly processing: string;
  /** string: slot -> user, see `gate-layout` */
  readonly holders: string;
  /** no key: what the parts of the claims begin with, see `claimPartKey` */
  readonly claimsPrefix: string;
  /** sorted set: user -> arrival number */
  readonly line: string;
  /** sorted set: user -> lease deadline in ms, of a place in the line that may not be durable yet */
  readonly lineLeases: string;
  /** hash: epoch -> parts of its claims, of the gate and of copies that were not swept away yet, see `sweep.lua` */
  readonly copies: string;
}

/** hash: user -> claim record, of those users who are in this part; and how many they are */
export function claimPartKey({ claimsPrefix }: GateKeys, epoch: string, part: number): string {
  return `${claimsPrefix}:${epoch}:${part}`;
}

/** @param prefix REDIS_KEY_PREFIX of the installation */
export function gateKeys(campaignId: string, prefix = DEFAULT_KEY_PREFIX): GateKeys {
  return keysUnder(`${prefix}:{${campaignId}}`);
}

/** Where a rebuild gathers the new gate before it replaces the old one; each rebuild has an epoch of its own. */
export function stagingKeys(campaignId: string, epoch: string, prefix = DEFAULT_KEY_PREFIX): GateKeys {
  const gate = gateKeys(campaignId, prefix);
  return {
    ...keysUnder(`${prefix}:{${campaignId}}:staging:${epoch}`),
    claimsPrefix: gate.claimsPrefix, // their parts have the epoch in their names
    copies: gate.copies,
  };
}

/** The keys that every script of a gate takes, in its order, see `scripts/layout.lua`. */
export function scriptKeys(keys: GateKeys): string[] {
  const { facts, available, processing, holders, claimsPrefix, line, lineLeases, copies } = keys;
  return [facts, available, processing, holders, claimsPrefix, line, lineLeases, copies];
}

/** The keys of `replace.lua`. */
export function replaceKeys(gate: GateKeys, staging: GateKeys): string[] {
  const { facts, available, processing, holders, line } = staging;
  return [...scriptKeys(gate).slice(0, -1), facts, available, processing, holders, line];
}

function keysUnder(prefix: string): GateKeys {
  return {
    facts: `${prefix}:facts`,
    available: `${prefix}:available`,
    processing: `${prefix}:processing`,
    holders: `${prefix}:holders`,
    claimsPrefix: `${prefix}:claims`,
    line: `${prefix}:line`,
    lineLeases: `${prefix}:line-leases`,
    copies: `${prefix}:copies`,
  };
}
