import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Family, Measuring } from './family.js';
import { Stage } from './stage.js';
import { startingWith } from './turns.js';

/** Every request names a caller, so that batches have the links that they can hold. */
const headers = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` };

/** What tracing costs: the same claims with it and without, in turn. */
export const tracing: Family = {
  needsContestants: false,
  figures: [
    { name: 'untraced-claim-cpu', unit: 'µs', better: 'lower' },
    { name: 'traced-claim-cpu', unit: 'µs', better: 'lower' },
    { name: 'tracing-cost', unit: 'x', better: 'lower' },
  ],
  targets: [],
  measure,
};

async function measure(measuring: Measuring): Promise<void> {
  const { arena, book, rounds, remarks, say } = measuring;
  const collector = await Collector.start();
  arena.alsoStop(collector);
  const off = await Stage.start(measuring, 'untraced', {});
  const on = await Stage.start(measuring, 'traced', { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  const stages = [off, on];

  for (const stage of stages) await cpuPerClaim(stage); // warms up
  for (let round = 1; round <= rounds; round++) {
    say(`Claims with and without tracing, round ${round} of ${rounds} …`);
    const costs = new Map<Stage, number | undefined>();
    for (const stage of startingWith(stages, round - 1)) costs.set(stage, await cpuPerClaim(stage));
    const [untraced, traced] = stages.map((stage) => costs.get(stage));
    if (untraced === undefined || traced === undefined) continue;
    book.write('untraced-claim-cpu', 'ours', round, untraced);
    book.write('traced-claim-cpu', 'ours', round, traced);
    book.write('tracing-cost', 'ours', round, traced / untraced);
  }
  if (collector.exports === 0) remarks.add('No span was exported.');
}

/** In µs, until everybody is paid; undefined if it is not known. */
async function cpuPerClaim(stage: Stage): Promise<number | undefined> {
  const before = await stage.cpu();
  const { statuses } = await stage.rush({ headers });
  const after = await stage.cpu();
  return before === undefined || after === undefined ? undefined : (after - before) / (statuses[202] ?? 0);
}

/** Takes every export and looks at none. */
class Collector {
  exports = 0;

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => {
      this.exports += 1;
      request.resume().on('end', () => response.end('{}'));
    });
  }

  static async start(): Promise<Collector> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Collector(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
