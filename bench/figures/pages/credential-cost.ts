import { claimsPath } from '../../deployment.js';
import type { Credential } from '../../generator/credentials.js';
import type { Volley } from '../../generator/generator-messages.js';
import type { Measuring } from '../family.js';
import type { Stage } from '../stage.js';
import { startingWith } from '../turns.js';
import { type Place, rateOf } from '../volleys.js';

const credentials: readonly Credential[] = ['bearer', 'cookie'];

/** Claims and status reads by the cookie of a login, beside the same by bearer tokens. */
export async function measureCredentials(measuring: Measuring, stage: Stage): Promise<void> {
  const { rounds, say } = measuring;
  for (const by of credentials) await stage.rush({ by }); // warms up
  for (let round = 1; round <= rounds; round++) {
    say(`Cookies and bearer tokens, round ${round} of ${rounds} …`);
    const costs = new Map<Credential, Cost>();
    for (const by of startingWith(credentials, round - 1)) costs.set(by, await costBy(measuring, stage, by));
    const [bearer, cookie] = credentials.map((by) => costs.get(by));
    if (bearer && cookie) write(measuring, round, bearer, cookie);
  }
}

interface Cost {
  /** Claims per second. */
  readonly claims: number;
  /** µs of CPU per claim until it is paid; NaN if it is not known. */
  readonly cpu: number;
  /** Status reads per second. */
  readonly reads: number;
}

async function costBy(measuring: Measuring, stage: Stage, by: Credential): Promise<Cost> {
  let [before, after, reads]: [number | undefined, number | undefined, number] = [0, 0, 0];
  const hits = await stage.rush({
    by,
    before: async () => {
      before = await stage.cpu();
    },
    after: async (place, winners) => {
      after = await stage.cpu();
      reads = await readingRate(measuring, place, winners, by);
    },
  });
  const cpu = ((after ?? NaN) - (before ?? NaN)) / (hits.statuses[202] ?? 0);
  return { claims: rateOf(hits), cpu, reads };
}

function write({ book }: Measuring, round: number, bearer: Cost, cookie: Cost): void {
  const figures = {
    'claims-bearer': bearer.claims,
    'claims-cookie': cookie.claims,
    'claims-cookie-share': cookie.claims / bearer.claims,
    'claims-bearer-cpu': bearer.cpu,
    'claims-cookie-cpu': cookie.cpu,
    'status-bearer': bearer.reads,
    'status-cookie': cookie.reads,
    'status-cookie-share': cookie.reads / bearer.reads,
  };
  for (const [figure, value] of Object.entries(figures))
    if (Number.isFinite(value)) book.write(figure, 'ours', round, value);
}

/** The winners read their status again and again. @returns answers per second */
async function readingRate(
  { arena, settings, remarks }: Measuring,
  { id, origin }: Place,
  users: Volley['users'],
  by: Credential,
): Promise<number> {
  const hits = await arena.load.fire({
    ...{ method: 'GET', origin, path: `${claimsPath(id)}/me`, users, by, repeaters: 0, badTokens: 0 },
    ...{ connections: settings.connections, seconds: settings.seconds },
  });
  for (const [status, count] of Object.entries(hits.statuses))
    if (status !== '200') remarks.add(`${count} reads by ${by} were answered ${status}.`);
  return rateOf(hits);
}
