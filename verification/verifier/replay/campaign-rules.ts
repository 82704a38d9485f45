import type { LeafOf } from '../../../src/transparency/formats/leaf.js';
import type { Findings } from '../findings/findings.js';
import { type CampaignState, type Counts, named } from './campaign-state.js';
import type { InForce } from './changes.js';
import type { LoggedOf } from './logged.js';

/** Operators' changes, a database that was set back, and the end. */

export function readState(state: CampaignState, logged: LoggedOf<'state'>, { violations }: Findings): void {
  const { leaf } = logged;
  const { revision, isClosed, inForce } = state.changes.last;
  if (leaf.revision <= revision)
    violations.add('revision-rises', [named(logged)], `> ${revision}`, leaf.revision);
  if (isClosed && leaf.state !== 'CLOSED')
    violations.add('closed-is-final', [named(logged)], 'CLOSED', leaf.state);
  if (leaf.afterArrivalNo !== null) checkPlace(state, logged, leaf.afterArrivalNo, violations);
  state.changes.add(
    {
      revision: Math.max(revision, leaf.revision),
      isClosed: isClosed || leaf.state === 'CLOSED',
      inForce: leaf.afterArrivalNo === null ? inForce : inForceBy(leaf), // else it never was
    },
    state.nextArrivalNo - 1,
  );
}

function checkPlace(
  state: CampaignState,
  logged: LoggedOf<'state'>,
  afterArrivalNo: number,
  violations: Findings['violations'],
): void {
  const least = state.people.lastArrivalNo;
  const most = state.nextArrivalNo - 1;
  const expected = least === most ? most : `${least} - ${most}`;
  if (afterArrivalNo < least || afterArrivalNo > most)
    violations.add('state-in-place', [named(logged)], expected, afterArrivalNo);
}

function inForceBy({ state, opensAt, waitingCapacity }: LeafOf<'state'>): InForce {
  return { state: state as InForce['state'], opensAt, waitingCapacity };
}

export function readRestored(
  state: CampaignState,
  logged: LoggedOf<'restored'>,
  { violations }: Findings,
): void {
  const { from, to } = logged.leaf;
  violations.add('broken-promise', [named(logged)], null, from > to ? null : `${from} - ${to}`);
  const last = state.nextArrivalNo - 1;
  if (to !== last || from > to + 1) violations.add('restored-range', [named(logged)], last, to);
  if (from > last + 1) return;
  state.people.forgetFrom(from, (person) => forget(state, person));
  for (const told of [state.lost, state.lateRegrants, state.epochs, state.changes]) told.forgetFrom(from);
  state.nextArrivalNo = from;
  state.takenBackUpTo = Math.max(state.takenBackUpTo, last);
}

export function readEnd(state: CampaignState, logged: LoggedOf<'end'>, { violations }: Findings): void {
  const { counts, terms } = state;
  const open = state.holding + state.line.length;
  if (open > 0) violations.add('end-with-nobody-open', [named(logged)], 0, open);
  if (!state.changes.last.isClosed && counts.paid < terms.capacity)
    violations.add('end-when-over', [named(logged)], terms.capacity, counts.paid);
  const said: Counts = logged.leaf;
  for (const name of ['arrivals', 'paid', 'failed', 'left', 'ended'] as const)
    if (said[name] !== counts[name])
      violations.add('end-counts', [named(logged)], `${name} ${counts[name]}`, `${name} ${said[name]}`);
  if (counts.ended > 0 && counts.paid + state.lateRegrants.count < terms.capacity)
    violations.add('end-turned-nobody-away', [named(logged)], terms.capacity, counts.paid);
}

function forget(state: CampaignState, person: number): void {
  const { people, counts, slots, line, failures } = state;
  const status = people.statusOf(person);
  const failure = people.failureOf(person);
  if (status === 'waiting') line.leave();
  if (status === 'holding') state.holding -= 1;
  if (status === 'paid' || status === 'kept') counts.paid -= 1;
  if (status === 'failed' || status === 'regranted') counts.failed -= 1;
  if (failure !== null) failures[failure] -= 1;
  if (status === 'left' || status === 'ended') counts[status] -= 1;
  counts.arrivals -= 1;
  slots.release(people.slotOf(person), person);
  people.setStatus(person, 'restored');
}
