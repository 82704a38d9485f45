import { setTimeout as sleep } from 'node:timers/promises';
import { StackError } from '../stack-error.js';

const deadlineMs = 30_000;

/** Polls until `holds` returns true. Throws a StackError that names `what` if that takes too long. */
export async function waitUntil(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new StackError(`Not within ${deadlineMs / 1000} s: ${what}.`);
    await sleep(50);
  }
}
