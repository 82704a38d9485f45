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
export function claimOnce(
  measuring: Measuring,
  { id, origin }: Place,
  users: Volley['users'],
  more: Pick<Volley, 'by' | 'headers'> = {},
): Promise<Hits> {
  return claimAt(measuring, origin, claimsPath(id), users, more);
}

/** Like `claimOnce`, in one campaign or in several in turn. */
export async function claimAt(
  { arena, settings, remarks }: Measuring,
  origin: string,
  path: Volley['path'],
  users: Volley['users'],
  more: Pick<Volley, 'by' | 'headers'> = {},
): Promise<Hits> {
  const hits = await arena.load.fire({
    ...{ method: 'POST', origin, path, users, repeaters: 0, badTokens: 0 },
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

/**
 * Waits until `paid` users are paid.
 * @param place one campaign, or several together
 */
export async function untilPaid(
  deployment: Deployment,
  { id, capacity }: { readonly id: string | readonly string[]; readonly capacity: number },
  paid: number,
): Promise<void> {
  const giveUpAt = performance.now() + patienceMs;
  while ((await deployment.paidOut(id, capacity)) < paid) {
    if (performance.now() > giveUpAt)
      throw new StackError(`${paid} users were not paid within ${patienceMs / 1_000} s.`);
    await sleep(pollIntervalMs);
  }
}
