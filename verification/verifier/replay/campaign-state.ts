import type { LeafOf } from '../../../src/transparency/formats/leaf.js';
import type { NamedLeaf } from '../findings/findings.js';
import { Changes, type InForce } from './changes.js';
import { CommitmentSet } from './commitment-set.js';
import { Epochs } from './epochs.js';
import type { Failure } from './failures.js';
import { LateRegrants } from './late-regrants.js';
import type { Logged, LoggedOf } from './logged.js';
import { LostNumbers } from './lost-numbers.js';
import { People } from './people.js';
import { Slots } from './slots.js';
import { WaitingLine } from './waiting-line.js';

/** How many people, by what became of them. `paid` is not regranted; `failed` counts revoked and regranted too. */
export interface Counts {
  arrivals: number;
  paid: number;
  failed: number;
  left: number;
  ended: number;
}

/** Where a campaign stands after the leaves read so far (docs/transparency.md, "What each leaf means"). */
export class CampaignState {
  readonly people = new People();
  readonly commitments = new CommitmentSet();
  readonly epochs = new Epochs();
  readonly line = new WaitingLine((person) => this.people.statusOf(person) === 'waiting');
  readonly slots: Slots;
  readonly counts: Counts = { arrivals: 0, paid: 0, failed: 0, left: 0, ended: 0 };
  readonly failures: Record<Failure, number> = {
    ...{ 'wallet-closed': 0, 'rejected-by-provider': 0, 'rejected-by-operator': 0, revoked: 0, regranted: 0 },
  };
  readonly lost = new LostNumbers();
  readonly changes: Changes;
  /** People who hold a slot and are not paid. */
  holding = 0;
  nextArrivalNo = 1;
  /** The highest number that a set-back took back: up to it claims may be said again, with their old times. */
  takenBackUpTo = 0;
  /** The claim that took the last place, until its `full` was read. */
  fullDueAfter: LoggedOf<'claim'> | null = null;
  readonly lateRegrants = new LateRegrants();

  constructor(readonly terms: LeafOf<'terms'>) {
    this.slots = new Slots(terms.capacity);
    const { opensAt, waitingCapacity } = terms;
    this.changes = new Changes({ state: 'OPEN', opensAt, waitingCapacity });
  }

  get inForce(): InForce {
    return this.changes.last.inForce;
  }

  /** The leaf of a person's claim, for a finding. */
  claimOf(person: number): NamedLeaf {
    return { index: this.people.indexOf(person), text: null };
  }
}

/** A leaf, for a finding. */
export function named({ index, text }: Logged): NamedLeaf {
  return { index, text };
}
