import type { Findings } from '../findings/findings.js';
import { type CampaignState, named } from './campaign-state.js';
import type { LoggedOf } from './logged.js';

/** Epochs, lost numbers and claims: arrivals follow each other without a hole but for declared losses. */

export function readEpoch(state: CampaignState, logged: LoggedOf<'epoch'>, findings: Findings): void {
  const { epoch, lastArrivalNo } = logged.leaf;
  const { last } = state.epochs;
  const { violations } = findings;
  if (last && epoch <= last.epoch) violations.add('epoch-rises', [named(logged)], `> ${last.epoch}`, epoch);
  if (!last && lastArrivalNo !== 0) violations.add('first-epoch', [named(logged)], 0, lastArrivalNo);
  const least = Math.max(last?.lastArrivalNo ?? 0, state.nextArrivalNo - 1);
  if (lastArrivalNo < least) violations.add('epoch-bound', [named(logged)], `>= ${least}`, lastArrivalNo);
  state.epochs.add({ epoch, lastArrivalNo: Math.max(lastArrivalNo, least) }, state.nextArrivalNo - 1);
}

export function readLost(state: CampaignState, logged: LoggedOf<'lost'>, findings: Findings): void {
  const { epoch, from, to } = logged.leaf;
  const isRange = from === state.nextArrivalNo && from <= to;
  if (!isRange || state.epochs.ofLoss(from, to) !== epoch)
    findings.violations.add('lost-range', [named(logged)], state.nextArrivalNo, from);
  state.lost.add(from, to);
  state.nextArrivalNo = Math.max(state.nextArrivalNo, to + 1);
}

export function readClaim(state: CampaignState, logged: LoggedOf<'claim'>, findings: Findings): void {
  checkArrival(state, logged, findings);
  checkAllowed(state, logged, findings);
  if (logged.leaf.slot === null) checkLine(state, logged, findings);
  else checkSlot(state, logged, logged.leaf.slot, findings);
  remarkOnTime(state, logged, findings);
  enter(state, logged, findings);
}

export function readFull(state: CampaignState, logged: LoggedOf<'full'>, findings: Findings): void {
  const claim = state.fullDueAfter;
  const { epoch, arrivalNo, atMs } = logged.leaf;
  const isInPlace =
    claim?.leaf.arrivalNo === arrivalNo && claim.leaf.epoch === epoch && claim.leaf.createdAtMs === atMs;
  if (!isInPlace) findings.violations.add('full-in-place', [named(logged)]);
  state.fullDueAfter = null;
}

/** Another leaf of the campaign comes where its `full` should stand. */
export function missFull(state: CampaignState, findings: Findings): void {
  if (state.fullDueAfter) findings.violations.add('full-is-said', [named(state.fullDueAfter)]);
  state.fullDueAfter = null;
}

function checkArrival(state: CampaignState, logged: LoggedOf<'claim'>, { violations }: Findings): void {
  const { arrivalNo, epoch } = logged.leaf;
  if (arrivalNo !== state.nextArrivalNo)
    violations.add('arrivals-in-order', [named(logged)], state.nextArrivalNo, arrivalNo);
  const expected = state.epochs.ofClaim(arrivalNo);
  if (expected !== epoch) violations.add('claim-epoch', [named(logged)], expected ?? '-', epoch);
}

function checkAllowed(state: CampaignState, logged: LoggedOf<'claim'>, { violations }: Findings): void {
  const { inForce } = state;
  if (inForce.state !== 'OPEN') violations.add('claims-allowed', [named(logged)], 'OPEN', inForce.state);
}

function checkLine(state: CampaignState, logged: LoggedOf<'claim'>, { violations }: Findings): void {
  const { waitingCapacity } = state.inForce;
  if (state.line.length >= waitingCapacity)
    violations.add('line-has-room', [named(logged)], `<= ${waitingCapacity}`, state.line.length + 1);
}

function checkSlot(state: CampaignState, logged: LoggedOf<'claim'>, slot: number, findings: Findings): void {
  checkFree(state, logged, slot, findings);
  const first = state.line.first();
  if (first !== null) findings.violations.add('nobody-overtakes', [state.claimOf(first), named(logged)]);
}

/** Of a claim or a promotion: the slot is one of 1 to capacity, and nobody holds it. */
export function checkFree(
  state: CampaignState,
  logged: LoggedOf<'claim' | 'promote'>,
  slot: number,
  { violations }: Findings,
): void {
  const { capacity } = state.terms;
  if (slot > capacity) violations.add('slot-exists', [named(logged)], `<= ${capacity}`, slot);
  const holder = state.slots.holderOf(slot);
  if (holder !== null) violations.add('slot-is-free', [state.claimOf(holder), named(logged)]);
}

function remarkOnTime(state: CampaignState, logged: LoggedOf<'claim'>, { remarks }: Findings): void {
  const { createdAtMs, epoch } = logged.leaf;
  const { opensAt } = state.inForce;
  const { people, epochs } = state;
  const { last } = people;
  if (last === null && opensAt !== null && createdAtMs < opensAt)
    remarks.add('claim-before-opening', [named(logged)], `>= ${opensAt}`, createdAtMs);
  if (last === null || epochs.ofClaim(people.arrivalNo(last)) !== epoch) return;
  const lastMs = people.createdAtMs(last);
  if (createdAtMs < lastMs) remarks.add('claim-times-fall', [named(logged)], `>= ${lastMs}`, createdAtMs);
}

function enter(state: CampaignState, logged: LoggedOf<'claim'>, { violations }: Findings): void {
  const { arrivalNo, slot, createdAtMs, who } = logged.leaf;
  const { people, slots, line, counts } = state;
  const person = people.add(arrivalNo, slot ?? 0, logged.index, createdAtMs);
  const earlier = state.commitments.put(who, person);
  if (earlier !== null && people.statusOf(earlier) !== 'restored')
    violations.add('once-a-person', [state.claimOf(earlier), named(logged)]);
  if (slot === null) line.join(person);
  else {
    slots.take(slot, person);
    state.holding += 1;
  }
  counts.arrivals += 1;
  state.nextArrivalNo = Math.max(state.nextArrivalNo, arrivalNo + 1);
  const isFull = slots.free === 0 && line.length >= state.inForce.waitingCapacity;
  state.fullDueAfter = isFull ? logged : null;
}
