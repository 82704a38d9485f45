import { setImmediate as turn } from 'node:timers/promises';
import type { DueEvent } from '../../../src/webhooks-out/delivery/due-events.js';
import { sendInOrder } from '../../../src/webhooks-out/delivery/send-in-order.js';
import type { Outcome } from '../../../src/webhooks-out/delivery/webhook-call.js';

const ACCEPTED: Outcome = { kind: 'accepted', why: '', pauseMs: 0 };
const FAILED: Outcome = { kind: 'failed', why: 'answered-500', pauseMs: 0 };

function event(no: number, subject: string, more: Partial<DueEvent> = {}): DueEvent {
  const type = 'grant.paid';
  return {
    source: 'new',
    no: String(no),
    id: `evt_${no}`,
    type,
    subject,
    body: '{}',
    isBehind: false,
    ...more,
  };
}

it('sends events about one subject one after the other, and those about others meanwhile', async () => {
  const underWay = new Set<string>();
  const order: string[] = [];
  let most = 0;
  const events = [event(1, 'a'), event(2, 'b'), event(3, 'a'), event(4, 'b'), event(5, 'a')];
  const sent = await sendInOrder(events, async ({ no, subject }) => {
    expect(underWay).not.toContain(subject);
    underWay.add(subject);
    most = Math.max(most, underWay.size);
    await turn();
    order.push(no);
    underWay.delete(subject);
    return ACCEPTED;
  });
  expect(most).toBe(2);
  expect(order.filter((no) => ['1', '3', '5'].includes(no))).toEqual(['1', '3', '5']);
  expect(sent).toHaveLength(5);
});

it('holds back what follows an event that was not accepted, and nothing else', async () => {
  const events = [event(1, 'a'), event(2, 'a'), event(3, 'b'), event(4, 'c', { isBehind: true })];
  const sent = await sendInOrder(events, ({ no }) => Promise.resolve(no === '1' ? FAILED : ACCEPTED));
  const outcomes = Object.fromEntries(sent.map(({ event: { no }, outcome }) => [no, outcome?.kind ?? null]));
  expect(outcomes).toEqual({ 1: 'failed', 2: null, 3: 'accepted', 4: null });
});

it('throws what sending throws', async () => {
  const aborted = new Error('stopping');
  await expect(sendInOrder([event(1, 'a')], () => Promise.reject(aborted))).rejects.toBe(aborted);
});
