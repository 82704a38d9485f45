// The crowd, in a process of its own: it shares an event loop neither with the service nor with the rush that looks on.
// Started by load.ts, which talks to it as generator-messages.ts says.
import { Pool } from 'undici';
import { AccessTokens } from './access-tokens.js';
import { Claimant } from './claimant.js';
import type { Assignment, FromGenerator, ToGenerator } from './generator-messages.js';
import { LoadRecord } from './load-record.js';

const progressIntervalMs = 200;
/** The service promises an answer within 2 s; who has none after this is on a dead connection. */
const answerDeadlineMs = 10_000;

let assignment: Assignment | undefined;
let tokens: string[] = [];

function tell(message: FromGenerator, then?: () => void): void {
  process.send?.(message, undefined, undefined, then);
}

/** Before the start: signing tens of thousands of tokens takes seconds, and is no part of a rush. */
async function prepare(given: Assignment): Promise<void> {
  const signer = new AccessTokens(given.jwtSecret);
  tokens = await Promise.all(given.userIds.map((userId) => signer.ofUser(userId)));
  assignment = given;
  tell({ kind: 'ready' });
}

async function rush({ url, campaignId, connections, userIds, asks }: Assignment): Promise<void> {
  const pool = new Pool(url, {
    connections,
    pipelining: 1,
    headersTimeout: answerDeadlineMs,
    bodyTimeout: answerDeadlineMs,
    connect: { timeout: answerDeadlineMs },
  });
  const record = new LoadRecord(userIds.length);
  const claimant = new Claimant(pool, campaignId, record);
  const progress = setInterval(
    () => tell({ kind: 'progress', progress: record.progress() }),
    progressIntervalMs,
  );
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let user = asks[next++]; user !== undefined; user = asks[next++]) {
      await claimant.ask(user, userIds[user] ?? '', tokens[user] ?? '');
    }
  };
  await Promise.all(Array.from({ length: connections }, lane));
  clearInterval(progress);
  tell({ kind: 'progress', progress: record.progress() });
  await pool.destroy();
  tell({ kind: 'done', load: record.finish() }, () => process.exit(0));
}

function fail(error: unknown): void {
  console.error(error);
  process.exit(1);
}

process.on('disconnect', () => process.exit(1)); // a rush that was killed leaves no crowd behind
process.on('message', (message: ToGenerator) => {
  if (message.kind === 'assignment') prepare(message).catch(fail);
  else if (assignment) rush(assignment).catch(fail);
});
