import type { Findings } from '../findings/findings.js';
import type { Rule } from '../findings/rules.js';
import { type CampaignState, named } from './campaign-state.js';
import { type Failure, FAILURES } from './failures.js';
import type { LoggedOf } from './logged.js';
import { checkFree } from './order-rules.js';

/** What becomes of people after their claim. */

export function readPromote(state: CampaignState, logged: LoggedOf<'promote'>, findings: Findings): void {
  const { arrivalNo, slot } = logged.leaf;
  checkFree(state, logged, slot, findings);
  const first = state.line.first();
  const person = whoWaits(state, logged, 'promote-waits', findings);
  if (person === null) return;
  if (first !== null && state.people.arrivalNo(first) < arrivalNo)
    findings.violations.add('promote-in-order', [state.claimOf(first), named(logged)]);
  state.line.leave();
  state.people.promote(person, slot);
  state.slots.take(slot, person);
  state.holding += 1;
}

export function readPaid(state: CampaignState, logged: LoggedOf<'paid'>, findings: Findings): void {
  const { arrivalNo, slot } = logged.leaf;
  const { people, counts, terms } = state;
  const { violations } = findings;
  const person = people.find(arrivalNo);
  if (person !== null && wasPaid(state, person)) {
    violations.add('paid-once', [state.claimOf(person), named(logged)]);
    return;
  }
  if (person === null || !holds(state, person, slot)) {
    violations.add('paid-holds-the-slot', leavesOf(state, person, logged));
    return;
  }
  people.setStatus(person, 'paid');
  state.holding -= 1;
  counts.paid += 1;
  if (counts.paid > terms.capacity)
    violations.add('more-than-capacity', [named(logged)], `<= ${terms.capacity}`, counts.paid);
}

export function readFailed(
  state: CampaignState,
  logged: LoggedOf<'failed' | 'revoked'>,
  { violations }: Findings,
): void {
  const { kind, arrivalNo, slot } = logged.leaf;
  const person = state.people.find(arrivalNo);
  if (person === null || !holds(state, person, slot)) {
    violations.add(`${kind}-holds-the-slot`, leavesOf(state, person, logged));
    return;
  }
  state.people.setStatus(person, 'failed');
  state.slots.release(slot, person);
  state.holding -= 1;
  fail(state, person, failureOf(logged.leaf));
}

function fail({ people, counts, failures }: CampaignState, person: number, failure: Failure): void {
  people.setFailure(person, failure);
  counts.failed += 1;
  failures[failure] += 1;
}

export function readReversed(
  state: CampaignState,
  logged: LoggedOf<'reversed'>,
  { violations }: Findings,
): void {
  const { arrivalNo, slot, effect } = logged.leaf;
  const { people, counts } = state;
  const person = people.find(arrivalNo);
  const status = person === null ? null : people.statusOf(person);
  if (status === 'kept' || status === 'regranted')
    violations.add('reversed-once', leavesOf(state, person, logged));
  if (effect === 'regrant' && state.terms.reversalPolicy !== 'regrant')
    violations.add('regrant-by-the-terms', [named(logged)], 'keep', effect);
  if (person === null || !wasPaid(state, person) || people.slotOf(person) !== slot) {
    violations.add('reversed-was-paid', leavesOf(state, person, logged));
    return;
  }
  if (status !== 'paid') return;
  people.setStatus(person, effect === 'keep' ? 'kept' : 'regranted');
  if (effect === 'keep') return;
  state.slots.release(slot, person);
  counts.paid -= 1;
  fail(state, person, 'regranted');
  state.lateRegrants.regranted(arrivalNo);
}

export function readLeft(state: CampaignState, logged: LoggedOf<'left'>, findings: Findings): void {
  const person = whoWaits(state, logged, 'left-waits', findings);
  if (person === null) return;
  state.people.setStatus(person, 'left');
  state.line.leave();
  state.counts.left += 1;
}

export function readEnded(state: CampaignState, logged: LoggedOf<'ended'>, findings: Findings): void {
  const { counts, terms, inForce, slots } = state;
  const isOver = counts.paid >= terms.capacity || (inForce.state === 'CLOSED' && slots.free === 0);
  if (!isOver) findings.violations.add('ended-too-early', [named(logged)], terms.capacity, counts.paid);
  const person = whoWaits(state, logged, 'ended-waits', findings);
  if (person === null) return;
  state.people.setStatus(person, 'ended');
  state.line.leave();
  counts.ended += 1;
  state.lateRegrants.ended(logged.leaf.arrivalNo);
}

function failureOf(leaf: LoggedOf<'failed' | 'revoked'>['leaf']): Failure {
  return leaf.kind === 'revoked'
    ? 'revoked'
    : (FAILURES.find((name) => name === leaf.reason) ?? 'wallet-closed');
}

function whoWaits(
  state: CampaignState,
  logged: LoggedOf<'promote' | 'left' | 'ended'>,
  rule: Rule,
  { violations }: Findings,
): number | null {
  const person = state.people.find(logged.leaf.arrivalNo);
  if (person !== null && state.people.statusOf(person) === 'waiting') return person;
  violations.add(rule, leavesOf(state, person, logged));
  return null;
}

function holds({ people }: CampaignState, person: number, slot: number): boolean {
  return people.statusOf(person) === 'holding' && people.slotOf(person) === slot;
}

function wasPaid({ people }: CampaignState, person: number): boolean {
  const status = people.statusOf(person);
  return status === 'paid' || status === 'kept' || status === 'regranted';
}

function leavesOf(
  state: CampaignState,
  person: number | null,
  logged: LoggedOf<'promote' | 'paid' | 'failed' | 'revoked' | 'reversed' | 'left' | 'ended'>,
): ReturnType<typeof named>[] {
  return [...(person === null ? [] : [state.claimOf(person)]), named(logged)];
}
