import { setTimeout as sleep } from 'node:timers/promises';
import { StackError } from '../../tools/stack/stack-error.js';
import { claimsPath, type Deployment } from '../deployment.js';
import type { Hits, Volley } from '../generator/generator-messages.js';
import type { Measuring } from './family.js';

const pollIntervalMs = 20;
const patienceMs = 300_000;

/** A campaign of a deployment. */
export interface Place {
  readonly id: string;
  readonly capacity: number;
  /** The address of the service. */
  readonly origin: string;
}

/** Sends one claim for each of these users. Adds remarks about answers other than 202 and 409. */
export async function claimOnce(
  { arena, settings, remarks }: Measuring,
  { id, origin }: Place,
  users: Volley['users'],
  more: Pick<Volley, 'by' | 'headers'> = {},
): Promise<Hits> {
  const hits = await arena.load.fire({
    ...{ method: 'POST', origin, path: claimsPath(id), users, repeaters: 0, badTokens: 0 },
    connections: settings.connections,
    ...more,
  });
  for (const [status, count] of Object.entries(hits.statuses)) {
    if (status !== '202' && status !== '409') remarks.add(`${count} claims were answered ${status}.`);
  }
  if (hits.errors > 0) remarks.add(`${hits.errors} claims were not answered.`);
  return hits;
}

/** Answers per second. */
export function rateOf({ statuses, elapsedMs }: Hits): number {
  const answers = Object.values(statuses).reduce((sum, count) => sum + count, 0);
  return (answers / elapsedMs) * 1_000;
}

/** Waits until `paid` users are paid. */
export async function untilPaid(
  deployment: Deployment,
  { id, capacity }: Place,
  paid: number,
): Promise<void> {
  const giveUpAt = performance.now() + patienceMs;
  while ((await deployment.paidOut(id, capacity)) < paid) {
    if (performance.now() > giveUpAt)
      throw new StackError(`${paid} users were not paid within ${patienceMs / 1_000} s.`);
    await sleep(pollIntervalMs);
  }
}
