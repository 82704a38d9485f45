// The crowd as a separate process, so that it shares its event loop neither with the service nor with the observing
// rush. load.ts starts it and talks to it in the messages of generator-messages.ts.
import { Pool } from 'undici';
import { AccessTokens } from './access-tokens.js';
import { Claimant } from './claimant.js';
import type { Assignment, FromGenerator, ToGenerator } from './generator-messages.js';
import { LoadRecord } from './load-record.js';

const progressIntervalMs = 200;
/** The service promises an answer within 2 s. After this time the connection is considered dead. */
const answerDeadlineMs = 10_000;

let assignment: Assignment | undefined;
let tokens: string[] = [];

function tell(message: FromGenerator, then?: () => void): void {
  process.send?.(message, undefined, undefined, then);
}

/** Runs before the start: signing tens of thousands of tokens takes seconds and is not part of a rush. */
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

process.on('disconnect', () => process.exit(1)); // the crowd ends when its rush is killed
process.on('message', (message: ToGenerator) => {
  if (message.kind === 'assignment') prepare(message).catch(fail);
  else if (assignment) rush(assignment).catch(fail);
});
