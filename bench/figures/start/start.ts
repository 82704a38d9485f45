import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { findFreePort } from '../../../tools/stack/servers/free-port.js';
import { StackError } from '../../../tools/stack/stack-error.js';
import { testFolder } from '../../../tools/stack/servers/test-folders.js';
import { claimsPath } from '../../deployment.js';
import { TokenMint } from '../../generator/token-mint.js';
import type { Family, Measuring } from '../family.js';
import { untilFirstClaim } from '../first-claim.js';
import { NpmStart } from './npm-start.js';
import { copyProject } from './project-copy.js';
import { startSteps, stepNames } from './start-steps.js';

const mostSeconds = 6;
/** Rare enough not to load the starting service. */
const claimEveryMs = 20;
const kinds = ['first', 'again'] as const;

/** How long `npm start` takes until a claim is served: without data, and with the data of the previous start. */
export const start: Family = {
  needsContestants: false,
  figures: kinds.flatMap((kind) => [
    { name: `start-${kind}`, unit: 's', better: 'lower' as const },
    ...stepNames.map((step) => ({ name: `start-${kind}-${step}`, unit: 's', better: 'lower' as const })),
  ]),
  targets: kinds.map((kind) => ({ figure: `start-${kind}`, against: 'itself', atMost: mostSeconds })),
  measure,
};

async function measure({ arena, book, remarks, rounds, say }: Measuring): Promise<void> {
  const jwtSecret = randomBytes(32).toString('base64url');
  const mint = new TokenMint(jwtSecret);
  for (let round = 1; round <= rounds; round++) {
    const folder = join(testFolder, `start-${round}`);
    await copyProject(folder);
    for (const [index, kind] of kinds.entries()) {
      say(`Starting, round ${round} of ${rounds}, ${kind} …`);
      const port = await findFreePort();
      const started = new NpmStart(folder, { PORT: String(port), JWT_SECRET: jwtSecret }, arena.pinnedTo);
      arena.alsoStop(started);
      const ended = started.ended().then((words) => {
        throw new StackError(`npm start ended early:\n${words}`);
      });
      const url = `http://127.0.0.1:${port}${claimsPath('default')}`;
      const claimedAt = await Promise.race([
        untilFirstClaim(url, mint.tokenOf(index + 1), claimEveryMs),
        ended,
      ]);
      ended.catch(() => undefined); // it is about to be stopped
      if (started.heard.some(({ line }) => /^(Installing|Building)/.test(line)))
        remarks.add(
          'The project was not prepared: the start included a build or the installation of packages.',
        );
      book.write(`start-${kind}`, 'ours', round, (claimedAt - started.begunAt) / 1_000);
      for (const [step, seconds] of Object.entries(startSteps(started.begunAt, started.heard, claimedAt)))
        book.write(`start-${kind}-${step}`, 'ours', round, seconds);
      await started.stop();
    }
  }
}
