import autocannon from 'autocannon';
import type { Hits, Volley } from './generator-messages.js';
import { summedUp } from './latencies.js';
import { dealOut, planRequests } from './request-mix.js';
import type { TokenMint } from './token-mint.js';

/** How long to wait for an answer, in seconds. */
const patience = 30;
/** Interval at which autocannon checks whether the volley is over, in ms. */
const lookingInterval = 20;

/**
 * Fires a volley. Tokens are signed and requests built before the clock starts. It starts at autocannon's `start`
 * event, when all connections have begun to open and none has sent anything.
 */
export async function fire(volley: Volley, mint: TokenMint): Promise<Hits> {
  const { method, origin, path, seconds } = volley;
  const requests = planRequests(volley).map(({ user, isBad }) => ({
    ...{ method, path },
    headers: { authorization: `Bearer ${isBad ? mint.badTokenOf(user) : mint.tokenOf(user)}` },
  }));
  const connections = Math.min(volley.connections, requests.length);
  const hands = dealOut(requests, connections);
  const statuses: Record<number, number> = {};
  const latencies: number[] = [];
  const open = new Set<unknown>();
  let [answers, errors, startedAt, lastAnswerAt] = [0, 0, 0, 0];
  let usedAtStart = process.cpuUsage();

  await new Promise<void>((resolve, reject) => {
    const run = autocannon(
      {
        ...{ url: origin, connections, timeout: patience, sampleInt: lookingInterval },
        ...(seconds === undefined ? { amount: requests.length } : { duration: seconds }),
        setupClient: (client) => client.setRequests(hands.shift() ?? []),
      },
      (error: unknown) => (error instanceof Error ? reject(error) : resolve()),
    );
    run.on('start', () => {
      usedAtStart = process.cpuUsage();
      startedAt = lastAnswerAt = performance.now();
    });
    run.on('response', (client, status, _, latency) => {
      answers += 1;
      lastAnswerAt = performance.now();
      statuses[status] = (statuses[status] ?? 0) + 1;
      if (open.has(client)) latencies.push(latency);
      else open.add(client);
    });
    run.on('reqError', () => (errors += 1));
  });
  const { user, system } = process.cpuUsage(usedAtStart);
  return {
    statuses,
    errors,
    elapsedMs: lastAnswerAt - startedAt,
    startedAt: performance.timeOrigin + startedAt,
    latencyMs: summedUp(latencies),
    coreShare: (user + system) / 1_000 / (performance.now() - startedAt),
    wrapped: answers > requests.length,
  };
}
