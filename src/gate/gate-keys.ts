/** The keys of one gate; the braces put a campaign's keys on one node of a cluster, so that scripts work there. */
export interface GateKeys {
  /** hash: epoch, revision, state, opensAt, closesAt, waitingCapacity, arrivalNo, rebuiltUpTo, settled, runId, replicationId */
  readonly facts: string;
  /** list: free slots, lowest first */
  readonly available: string;
  /** sorted set: slot -> lease deadline in ms */
  readonly processing: string;
  /** hash: slot -> user */
  readonly holders: string;
  /** hash: user -> claim record */
  readonly claims: string;
  /** sorted set: user -> arrival number */
  readonly line: string;
  /** sorted set: user -> lease deadline in ms, of a place in the line that may not be durable yet */
  readonly lineLeases: string;
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
    line: `${prefix}:line`,
    lineLeases: `${prefix}:line-leases`,
  };
}
