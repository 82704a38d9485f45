/** The keys of one gate; the braces put a campaign's keys on one node of a cluster, so that scripts work there. */
export interface GateKeys {
  /** hash: epoch, layout, parts, revision, state, opensAt, closesAt, waitingCapacity, arrivalNo, rebuiltUpTo, settled, runId, replicationId */
  readonly facts: string;
  /** list: free slots, lowest first */
  readonly available: string;
  /** sorted set: slot -> lease deadline in ms */
  readonly processing: string;
  /** string: slot -> user, see `gate-layout` */
  readonly holders: string;
  /** what the parts of the claims begin with, see `claimPartKey` */
  readonly claims: string;
  /** hash: epoch -> parts of its claims, of the gate and of copies that were not swept away yet, see `sweep.lua` */
  readonly copies: string;
  /** sorted set: user -> arrival number */
  readonly line: string;
  /** sorted set: user -> lease deadline in ms, of a place in the line that may not be durable yet */
  readonly lineLeases: string;
}

/** hash: user -> claim record, of those users who are in this part */
export function claimPartKey({ claims }: GateKeys, epoch: string, part: number): string {
  return `${claims}:${epoch}:${part}`;
}

export function gateKeys(campaignId: string): GateKeys {
  return keysUnder(`grant:{${campaignId}}`);
}

/** Where a rebuild gathers the new gate before it replaces the old one; each rebuild has an epoch of its own. */
export function stagingKeys(campaignId: string, epoch: string): GateKeys {
  return keysUnder(`grant:{${campaignId}}:staging:${epoch}`);
}

function keysUnder(prefix: string): GateKeys {
  return {
    facts: `${prefix}:facts`,
    available: `${prefix}:available`,
    processing: `${prefix}:processing`,
    holders: `${prefix}:holders`,
    claims: `${prefix}:claims`,
    copies: `${prefix}:copies`,
    line: `${prefix}:line`,
    lineLeases: `${prefix}:line-leases`,
  };
}
