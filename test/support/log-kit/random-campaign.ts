import fc from 'fast-check';
import { CampaignWriter } from '../../../verification/sample-log/campaign-writer.js';
import { LOG_LEAF } from './signed-log.js';

/** What may happen next, whoever it happens to: `who` chooses among those to whom it can. */
export interface Happening {
  readonly what:
    | 'claim'
    | 'pay'
    | 'fail'
    | 'revoke'
    | 'promote'
    | 'leave'
    | 'rebuild'
    | 'pause'
    | 'resume'
    | 'line'
    | 'reverse';
  readonly who: number;
}

/** A campaign of any shape, with whatever a service may do in it. */
export const anyCampaign = fc.record({
  capacity: fc.integer({ min: 1, max: 6 }),
  waitingCapacity: fc.integer({ min: 0, max: 5 }),
  reversalPolicy: fc.constantFrom('keep', 'regrant'),
  happenings: fc.array(
    fc.record({
      what: fc.oneof(
        { weight: 6, arbitrary: fc.constant('claim' as const) },
        { weight: 2, arbitrary: fc.constantFrom('pay', 'promote', 'fail') },
        {
          weight: 1,
          arbitrary: fc.constantFrom('revoke', 'leave', 'rebuild', 'pause', 'resume', 'line', 'reverse'),
        },
      ),
      who: fc.nat(9),
    }),
    { maxLength: 60 },
  ),
});

export type AnyCampaign = typeof anyCampaign extends fc.Arbitrary<infer T> ? T : never;

/** The log of one campaign, to its end, or without it. */
export function logOf({ happenings, ...terms }: AnyCampaign, hasEnd = true): string[] {
  const leaves: string[] = [LOG_LEAF];
  const writer = new CampaignWriter({ campaign: 'any', ...terms }, (leaf) => void leaves.push(leaf));
  writer.begin();
  for (const happening of happenings) happen(writer, happening);
  if (hasEnd) writer.end();
  return leaves;
}

function happen(writer: CampaignWriter, { what, who }: Happening): void {
  const holder = one([...writer.holding.keys()], who);
  const waiter = one(writer.waiting, who);
  const payee = one([...writer.paid.keys()], who);
  if (what === 'claim') writer.claim();
  if (what === 'promote') writer.promote();
  if (what === 'rebuild') writer.rebuild(who % 3, who % 2);
  if (what === 'pause') writer.change('PAUSED');
  if (what === 'resume') writer.change('OPEN');
  if (what === 'line') writer.change(writer.isOpen ? 'OPEN' : 'PAUSED', who);
  if (what === 'pay' && holder !== null) writer.pay(holder);
  if (what === 'fail' && holder !== null) writer.fail(holder);
  if (what === 'revoke' && holder !== null) writer.fail(holder, 'revoked');
  if (what === 'leave' && waiter !== null) writer.leave(waiter);
  if (what === 'reverse' && payee !== null && writer.terms.reversalPolicy === 'regrant')
    writer.reverse(payee, 'regrant');
}

function one(among: readonly number[], who: number): number | null {
  return among[who % among.length] ?? null;
}
