/** The prefix of all keys in Redis, unless REDIS_KEY_PREFIX sets another. */
export const DEFAULT_KEY_PREFIX = 'grant';

/** The keys of one gate. The braces put the keys of a campaign on one node of a cluster, so that scripts work there. */
export interface GateKeys {
  /** hash, see `scripts/layout.lua` */
  readonly facts: string;
  /** list: free slots; built lowest first, and a freed slot goes to the front */
  readonly available: string;
  /** sorted set: slot -> lease deadline in ms */
  readonly processing: string;
  /** string: slot -> user, see `gate-layout` */
  readonly holders: string;
  /** not a key: the prefix of the parts of the claims, see `claimPartKey` */
  readonly claimsPrefix: string;
  /** sorted set: user -> arrival number */
  readonly line: string;
  /** sorted set: user -> lease deadline in ms, of a place in the line that may not be durable yet */
  readonly lineLeases: string;
  /**
   * hash: epoch -> parts of its claims that are left: of the gate, and of copies that are not swept yet, see
   * `sweep.lua`
   */
  readonly copies: string;
}

/** hash: user -> claim record, for the users in this part; and their number */
export function claimPartKey({ claimsPrefix }: GateKeys, epoch: string, part: number): string {
  return `${claimsPrefix}:${epoch}:${part}`;
}

/** @param prefix REDIS_KEY_PREFIX of the installation */
export function gateKeys(campaignId: string, prefix = DEFAULT_KEY_PREFIX): GateKeys {
  return keysUnder(`${prefix}:{${campaignId}}`);
}

/**
 * The keys under which a rebuild stages the new gate before it replaces the old one. Each rebuild has its own epoch.
 */
export function stagingKeys(campaignId: string, epoch: string, prefix = DEFAULT_KEY_PREFIX): GateKeys {
  const gate = gateKeys(campaignId, prefix);
  return {
    ...keysUnder(`${prefix}:{${campaignId}}:staging:${epoch}`),
    claimsPrefix: gate.claimsPrefix, // the names of the parts contain the epoch
    copies: gate.copies,
  };
}

/** The keys of every script of a gate, in its order, see `scripts/layout.lua`. */
export function scriptKeys(keys: GateKeys): string[] {
  const { facts, available, processing, holders, claimsPrefix, line, lineLeases, copies } = keys;
  return [facts, available, processing, holders, claimsPrefix, line, lineLeases, copies];
}

/** The keys of `replace.lua`. */
export function replaceKeys(gate: GateKeys, staging: GateKeys): string[] {
  const { facts, available, processing, holders, line } = staging;
  return [...scriptKeys(gate).slice(0, -1), facts, available, processing, holders, line];
}

/** hash: the installation that owns all keys with this prefix, and the heartbeats of its instances, see `own.lua` */
export function ownerKey(prefix: string): string {
  return `${prefix}:owner`;
}

/** hash: what was counted of the campaign in the last seconds, see `add-rates.lua`. Not a part of its gate. */
export function ratesKey(campaignId: string, prefix: string): string {
  return `${prefix}-rates:${campaignId}`;
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
