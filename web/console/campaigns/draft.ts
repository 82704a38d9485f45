import type { components } from '../../../client/openapi.js';
import { minorUnits } from '../format/format.js';
import { instantOf } from '../format/zoned-time.js';

type NewCampaign = components['schemas']['CreateCampaignDto'];

/** Times as a clock on the wall of this zone shows them; empty for none. */
export interface ScheduleEntry {
  readonly zone: string;
  readonly opens: string;
  readonly closes: string;
}

/** What stands in the form, as it was typed. */
export interface Draft {
  readonly id: string;
  readonly name: string;
  readonly capacity: string;
  readonly amount: string;
  /** Empty until one is chosen: there is none that goes without saying. */
  readonly currency: string;
  readonly waitingCapacity: string;
  readonly reversalPolicy: 'keep' | 'regrant';
  readonly payoutProvider: '' | 'ledger' | 'http';
  readonly eligibility: Required<NewCampaign>['eligibility'];
  readonly schedule: ScheduleEntry;
}

export type DraftField = 'id' | 'name' | 'capacity' | 'amount' | 'currency' | 'waitingCapacity';

const SLUG = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const LARGEST_CAPACITY = 10_000_000;
const LARGEST_AMOUNT = 1_000_000_000;
const LONGEST_NAME = 200;

function wholeNumber(typed: string, from: number, to: number): number | null {
  const plain = typed.trim().replaceAll(',', '');
  if (!/^[0-9]{1,10}$/.test(plain)) return null;
  const value = Number(plain);
  return value >= from && value <= to ? value : null;
}

/** Decides how many decimals an amount may have while no currency is chosen: none has more. */
const FINEST_CURRENCY = 'KWD';

function amountOf({ amount, currency }: Draft): number | null {
  const minor = minorUnits(amount, currency || FINEST_CURRENCY);
  return minor !== null && minor >= 1 && minor <= LARGEST_AMOUNT ? minor : null;
}

/** The fields that the API would refuse; the same bounds as it has. */
export function wrongFields(draft: Draft): ReadonlySet<DraftField> {
  const name = draft.name.trim();
  const checks: readonly (readonly [DraftField, boolean])[] = [
    ['id', SLUG.test(draft.id)],
    ['name', name.length >= 1 && name.length <= LONGEST_NAME],
    ['capacity', wholeNumber(draft.capacity, 1, LARGEST_CAPACITY) !== null],
    ['amount', amountOf(draft) !== null],
    ['currency', draft.currency !== ''],
    [
      'waitingCapacity',
      draft.waitingCapacity.trim() === '' || wholeNumber(draft.waitingCapacity, 0, LARGEST_CAPACITY) !== null,
    ],
  ];
  return new Set(checks.filter(([, isRight]) => !isRight).map(([field]) => field));
}

/** What is sent; null while a field is wrong. A list is uploaded before the campaign opens, so it needs a time. */
export function campaignOf(draft: Draft): NewCampaign | null {
  const capacity = wholeNumber(draft.capacity, 1, LARGEST_CAPACITY);
  const amount = amountOf(draft);
  if (wrongFields(draft).size > 0 || capacity === null || amount === null) return null;
  const { zone, opens, closes } = draft.schedule;
  const opensAt = opens === '' ? null : instantOf(opens, zone);
  const closesAt = closes === '' ? null : instantOf(closes, zone);
  if (draft.eligibility === 'list' && opensAt === null) return null;
  const waitingCapacity = wholeNumber(draft.waitingCapacity, 0, LARGEST_CAPACITY);
  return {
    ...{ id: draft.id, name: draft.name.trim(), capacity, amount, currency: draft.currency },
    ...{ reversalPolicy: draft.reversalPolicy, eligibility: draft.eligibility },
    ...(waitingCapacity === null ? {} : { waitingCapacity }),
    ...(draft.payoutProvider === '' ? {} : { payoutProvider: draft.payoutProvider }),
    ...(opensAt === null ? {} : { opensAt }),
    ...(closesAt === null ? {} : { closesAt }),
  };
}
