import { setTimeout as sleep } from 'node:timers/promises';
import { StackError } from '../stack-error.js';

/** Polls until `holds` returns true. Throws a StackError that names `what` after `deadlineMs`. */
export async function waitUntil(
  what: string,
  holds: () => Promise<boolean>,
  deadlineMs = 30_000,
): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new StackError(`Not within ${deadlineMs / 1000} s: ${what}.`);
    await sleep(50);
  }
}
