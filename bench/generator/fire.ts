import autocannon from 'autocannon';
import type { Credentials } from './credentials.js';
import type { Hits, Volley } from './generator-messages.js';
import { summedUp } from './latencies.js';
import { dealOut, planRequests } from './request-mix.js';

/** How long to wait for an answer, in seconds. */
const patience = 30;
/** Interval at which autocannon checks whether the volley is over, in ms. */
const lookingInterval = 20;

/**
 * Fires a volley. Credentials are made and requests built before the clock starts. It starts at autocannon's `start`
 * event, when all connections have begun to open and none has sent anything.
 */
export async function fire(volley: Volley, credentials: Credentials): Promise<Hits> {
  const { method, origin, path, seconds, by = 'bearer', headers } = volley;
  const paths = typeof path === 'string' ? [path] : path;
  const requests = planRequests(volley).map(({ user, isBad }, index) => ({
    ...{ method, path: paths[index % paths.length] ?? '' },
    headers: { ...headers, ...(isBad ? credentials.badHeadersOf(user) : credentials.headersOf(user, by)) },
  }));
  const connections = Math.min(volley.connections, requests.length);
  const hands = dealOut(requests, connections);
  const statuses: Record<number, number> = {};
  const latencies: number[] = [];
  const open = new Set<unknown>();
  let [answers, bytes, errors, startedAt, lastAnswerAt] = [0, 0, 0, 0, 0];
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
    run.on('response', (client, status, size, latency) => {
      answers += 1;
      bytes += size;
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
    bytesEach: bytes / answers,
    latencyMs: summedUp(latencies),
    coreShare: (user + system) / 1_000 / (performance.now() - startedAt),
    wrapped: answers > requests.length,
  };
}
