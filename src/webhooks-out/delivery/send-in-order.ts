import { CALLS_AT_ONCE } from './guarded-agent.js';
import type { DueEvent } from './due-events.js';
import type { Outcome } from './webhook-call.js';

/** What became of an event; null: it was not sent, since an earlier one about the same subject was not accepted. */
export interface Sent {
  readonly event: DueEvent;
  readonly outcome: Outcome | null;
}

/**
 * Sends events, those about one subject one after the other, those about different subjects at once.
 * @throws what `send` throws, once all that were begun have ended
 */
export async function sendInOrder(
  events: readonly DueEvent[],
  send: (event: DueEvent) => Promise<Outcome>,
): Promise<readonly Sent[]> {
  const subjects = [...groupedBySubject(events).values()];
  const sent: Sent[] = [];
  const work = async (): Promise<void> => {
    for (let group = subjects.shift(); group; group = subjects.shift()) {
      let isHeld = false;
      for (const event of group) {
        const outcome: Outcome | null = isHeld || event.isBehind ? null : await send(event);
        isHeld ||= outcome?.kind !== 'accepted';
        sent.push({ event, outcome });
      }
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: CALLS_AT_ONCE }, work));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return sent;
}

function groupedBySubject(events: readonly DueEvent[]): Map<string, DueEvent[]> {
  const groups = new Map<string, DueEvent[]>();
  for (const event of events) {
    const group = groups.get(event.subject);
    if (group) group.push(event);
    else groups.set(event.subject, [event]);
  }
  return groups;
}
