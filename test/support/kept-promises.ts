import { readFile } from 'node:fs/promises';
import { parseBankLog } from '../../verification/checker/bank-log.js';
import { checkRecords } from '../../verification/checker/check-records.js';
import type { Operation as Recorded } from '../../verification/checker/history.js';
import { readBooks } from '../../verification/checker/read-books.js';
import { readGate } from '../../verification/checker/read-gate.js';
import type { Operation } from './history.js';
import type { World } from './world.js';

/**
 * What the history checker finds in a campaign at rest: contradictions to what its clients were told or to the
 * promises, and checks that had nothing to examine but should have. Empty when all is well. The audit checks what
 * Postgres and Redis say by themselves.
 * @param bankLog the provider's own log, where a provider pays
 */
export async function brokenPromises(
  world: World,
  campaignId: string,
  history: readonly Operation[],
  bankLog?: string,
): Promise<string[]> {
  const checks = checkRecords({
    history: history.map(recorded),
    books: await readBooks(world.variables.DATABASE_URL ?? '', campaignId),
    bank: bankLog === undefined ? null : parseBankLog(await readFile(bankLog, 'utf8')),
    gate: await readGate(world.redis, campaignId),
  });
  return checks.flatMap(({ name, verdict, violations }) =>
    verdict === 'missing'
      ? [`${name}: nothing was examined`]
      : violations.map((violation) => `${name}: ${violation}`),
  );
}

function recorded(operation: Operation): Recorded {
  const { body } = operation;
  return { ...operation, body: typeof body === 'object' ? (body as Recorded['body']) : null };
}
