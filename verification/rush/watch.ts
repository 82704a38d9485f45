import { once } from 'node:events';
import type { LiveProgress } from './live-progress.js';
import type { RushTarget } from './rush-target.js';

/**
 * Says where the rush can be watched. On a terminal, waits until whoever sits there has opened the page and presses
 * Enter.
 * @param stop ends the waiting
 */
export async function inviteToWatch(
  { url }: RushTarget,
  progress: LiveProgress,
  stop: Promise<unknown>,
): Promise<void> {
  progress.say(`Watch it in a browser: ${url}/console`);
  if (!process.stdin.isTTY) return;
  progress.say('Press Enter to let the crowd loose.');
  process.stdin.resume();
  await Promise.race([once(process.stdin, 'data'), stop]);
  process.stdin.pause();
}
