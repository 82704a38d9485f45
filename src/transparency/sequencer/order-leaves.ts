import type { LeafOf } from '../formats/leaf.js';
import type { CampaignNews, FoundClaim } from './campaign-news.js';
import type { CampaignLeaf, CampaignReplay, OutcomeLeaf, Refusal } from './campaign-replay.js';
import { Place } from './places.js';

/** A leaf that the rules do not allow as the log stands, although all that it can depend on by number is there. */
export interface Unjustified {
  readonly leaf: CampaignLeaf;
  readonly refusal: Refusal;
}

/** The result of `orderLeaves`. */
export interface Ordered {
  /** In the order of the log; they are applied to the replay. */
  readonly leaves: readonly CampaignLeaf[];
  /** Outcomes that were held back: give them again with the next news. */
  readonly held: readonly OutcomeLeaf[];
  /** The first of those that contradict the log as it stands; null when nothing does. A gap in the numbers does not. */
  readonly unjustified: Unjustified | null;
  /** Whether the last leaf of the campaign may be among the next ones: it is finished, and something is held back. */
  readonly endIsDue: boolean;
}

/**
 * Brings what is new of a campaign into an order that its rules justify: claims as they arrived, each after the
 * outcomes that it needs, and no earlier outcome than the claims allow. What is not justified yet is held back with all
 * that depends on it: Postgres shows claims before the feed shows what made room for them.
 *
 * Any order in which outcomes are tried leads to the same end: an outcome never makes room for fewer people, and the
 * holders of a slot follow each other by arrival.
 */
export function orderLeaves(replay: CampaignReplay, news: CampaignNews): Ordered {
  return new Ordering(replay, news).run();
}

class Ordering {
  private readonly leaves: CampaignLeaf[] = [];
  private outcomes: OutcomeLeaf[];
  private nextClaim = 0;
  private nextState = 0;

  constructor(
    private readonly replay: CampaignReplay,
    private readonly news: CampaignNews,
  ) {
    this.outcomes = [...news.outcomes];
  }

  run(): Ordered {
    let unjustified: Unjustified | null = null;
    for (const epoch of this.news.epochs)
      if (epoch.epoch > this.replay.epoch && !this.append(epoch)) unjustified ??= this.refusalOf(epoch);
    while (this.takeStates() || this.takeClaims() || this.takeCauses() || this.takeOutcomes());
    unjustified ??= this.firstUnjustified();
    const endIsDue = this.news.finishedAtMs !== null && this.replay.standing === 'open' && !this.takeEnd();
    return { leaves: this.leaves, held: this.outcomes, unjustified, endIsDue };
  }

  private append(leaf: CampaignLeaf): boolean {
    if (this.replay.justify(leaf) !== null) return false;
    this.replay.apply(leaf);
    this.leaves.push(leaf);
    return true;
  }

  private refusalOf(leaf: CampaignLeaf): Unjustified | null {
    const refusal = this.replay.justify(leaf);
    return refusal === null ? null : { leaf, refusal };
  }

  private get state(): CampaignNews['states'][number] | undefined {
    return this.news.states[this.nextState];
  }

  private takeStates(): boolean {
    const before = this.leaves.length;
    for (let found = this.state; found; found = this.state) {
      const { isTaken, ...leaf } = found;
      const isKnown = leaf.revision <= this.replay.revision;
      if (!isKnown && !(isTaken && this.append(leaf))) break;
      this.nextState += 1;
    }
    return this.leaves.length > before;
  }

  /** The last number that may be logged under the terms that are in the log. */
  private get limit(): number {
    const { claimsUpTo, completeUpTo } = this.news;
    const after = this.news.states
      .slice(this.nextState)
      .map(({ isTaken, afterArrivalNo }) => (isTaken ? (afterArrivalNo ?? Infinity) : 0));
    return Math.min(claimsUpTo, completeUpTo, ...after);
  }

  private takeClaims(): boolean {
    const before = this.leaves.length;
    let limit = this.limit;
    while (this.replay.nextArrivalNo <= limit && this.takeNumber(limit))
      if (this.takeStates()) limit = this.limit;
    return this.leaves.length > before;
  }

  /** Logs the next number, or a range of lost ones. */
  private takeNumber(limit: number): boolean {
    const claim = this.claim;
    if (claim?.arrivalNo !== this.replay.nextArrivalNo) {
      const upTo = Math.min(limit, claim ? claim.arrivalNo - 1 : Infinity, this.replay.rebuiltUpTo ?? 0);
      const lost = this.replay.lostUpTo(upTo, this.news.campaignId);
      return lost !== null && lost.to >= lost.from && this.append(lost);
    }
    if (!this.append(this.claimLeaf(claim))) return false;
    this.nextClaim += 1;
    if (this.replay.due) this.append(this.replay.due);
    return true;
  }

  /** The first claim that is not in the log. */
  private get claim(): FoundClaim | undefined {
    const { claims } = this.news;
    while ((claims[this.nextClaim]?.arrivalNo ?? Infinity) < this.replay.nextArrivalNo) this.nextClaim += 1;
    return claims[this.nextClaim];
  }

  private claimLeaf({ arrivalNo, createdAtMs, slot, who }: FoundClaim): LeafOf<'claim'> {
    const epoch = this.replay.epochOf(arrivalNo) ?? 0;
    return { kind: 'claim', campaign: this.news.campaignId, epoch, arrivalNo, createdAtMs, slot, who };
  }

  /** While a claim is held up: logs what may have made room for it, and no more than that. */
  private takeCauses(): boolean {
    const before = this.leaves.length;
    this.outcomes = this.outcomes.filter((outcome) => {
      if (outcome.kind === 'paid' || !this.isClaimHeldUp || !this.takeOutcome(outcome)) return true;
      this.takeClaims();
      return false;
    });
    return this.leaves.length > before;
  }

  private get isClaimHeldUp(): boolean {
    return this.claim?.arrivalNo === this.replay.nextArrivalNo && this.replay.nextArrivalNo <= this.limit;
  }

  private takeOutcomes(): boolean {
    const before = this.leaves.length;
    this.outcomes = this.outcomes.filter((outcome) => !this.takeOutcome(outcome));
    return this.leaves.length > before;
  }

  /** @returns whether there is nothing left to do about it */
  private takeOutcome(outcome: OutcomeLeaf): boolean {
    if (this.replay.has(outcome)) return true;
    const { kind, campaign, arrivalNo, atMs } = outcome;
    // Whoever was paid or refused had a slot, also if entry and grant were committed without seeing each other.
    const isImplied = kind === 'paid' || kind === 'failed' || kind === 'revoked';
    if (isImplied && this.replay.placeOf(arrivalNo) === Place.Waiting)
      this.append({ kind: 'promote', campaign, arrivalNo, slot: outcome.slot, atMs });
    return this.append(outcome);
  }

  private takeEnd(): boolean {
    const { campaignId, finishedAtMs, states } = this.news;
    const isWhole =
      this.outcomes.length === 0 && this.nextState === states.length && this.claim === undefined;
    return isWhole && finishedAtMs !== null && this.append(this.replay.endLeaf(campaignId, finishedAtMs));
  }

  private firstUnjustified(): Unjustified | null {
    const claim = this.claim;
    if (claim && this.isClaimHeldUp) return this.refusalOf(this.claimLeaf(claim));
    const outcome = this.outcomes.find(({ arrivalNo }) => arrivalNo < this.replay.nextArrivalNo);
    return outcome ? this.refusalOf(outcome) : null;
  }
}
