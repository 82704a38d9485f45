import { TcpProxy } from '../../../verification/chaos/proxy/tcp-proxy.js';
import { claimsPath, type Deployment } from '../../deployment.js';
import { drawCurves } from '../../report/curve-picture.js';
import type { Family, Measuring } from '../family.js';
import type { Figure } from '../figure.js';
import {
  type CurvePoint,
  curvePoint,
  curveTable,
  medianCurve,
  multiples,
  stepName,
} from './overload-curve.js';
import { LiveWatch } from './live-watch.js';

const capacity = 1_000_000;
const fewestUsers = 2_000;
const mostUsers = 60_000;
const usersPerRound = 5_000_000;
/** Enough that every unanswered request keeps its own connection. */
const connections = 6_000;
/** For the slow database: the delay each way in ms, and the number of claims per round trip. */
const databaseDelayMs = 30;
const smallBatch = '50';

interface Variant {
  readonly name: 'fast' | 'slow';
  readonly title: string;
}

/**
 * The service as it is, whose tenfold rate exceeds one generator; and with a distant database, so that a generator can
 * offer ten times the rate.
 */
const variants: readonly Variant[] = [
  { name: 'fast', title: 'As it is' },
  { name: 'slow', title: `PostgreSQL ${databaseDelayMs} ms away, batches of ${smallBatch}` },
];

const tenfold = multiples.indexOf(10);
const again = multiples.length - 1;

/** How claims fare when more arrive than can be served. */
export const overload: Family = {
  needsContestants: false,
  figures: variants.flatMap(({ name }): Figure[] => [
    { name: `${name}-rate`, unit: '/s', better: 'higher' },
    { name: `${name}-10x-offered`, unit: 'x', better: 'higher' },
    { name: `${name}-10x-served`, unit: 'x', better: 'higher' },
    { name: `${name}-10x-served-p99`, unit: 'ms', better: 'lower' },
    { name: `${name}-10x-shed-p99`, unit: 'ms', better: 'lower' },
    { name: `${name}-again-served`, unit: 'of offered', better: 'higher' },
  ]),
  targets: [],
  measure,
};

async function measure(measuring: Measuring): Promise<void> {
  const { arena, rounds, settings, appendix, pictures, say } = measuring;
  const drawn: { title: string; curve: CurvePoint[] }[] = [];
  for (const variant of variants) {
    const deployment = await arena.deploy(`overload-${variant.name}`);
    const origin = await startVariant(measuring, variant, deployment);
    await deployment.createCampaign('overload', capacity);
    const stage = new Stage(measuring, variant, origin);
    await stage.warmUp();
    const curves: CurvePoint[][] = [];
    for (let round = 1; round <= rounds; round++) {
      say(`Overload, ${variant.name}, round ${round} of ${rounds} …`);
      curves.push(await stage.run(round));
    }
    const curve = medianCurve(curves);
    appendix.push(`${variant.title}:\n${curveTable(curve)}`);
    drawn.push({ title: variant.title, curve });
  }
  const caption = `Medians of ${rounds} rounds of ${settings.seconds} s a step.`;
  pictures.set('overload.svg', drawCurves(drawn, stepName, caption));
}

async function startVariant(
  { arena }: Measuring,
  { name }: Variant,
  deployment: Deployment,
): Promise<string> {
  if (name === 'fast') return (await arena.addTo(deployment, 'all')).origin;
  const proxy = await TcpProxy.start(Number(new URL(deployment.databaseUrl).port));
  arena.alsoStop({ stop: () => proxy.close() });
  const slow = { DATABASE_URL: proxy.urlOf(deployment.databaseUrl), CLAIM_BATCH_SIZE: smallBatch };
  const { origin } = await arena.addTo(deployment, 'all', slow);
  await proxy.set({ kind: 'latency', delayMs: databaseDelayMs });
  return origin;
}

/** One variant. Every round measures its served rate anew. */
class Stage {
  private readonly path = claimsPath('overload');
  /** The last measured rate. */
  private rate = 0;

  constructor(
    private readonly measuring: Measuring,
    private readonly variant: Variant,
    private readonly origin: string,
  ) {}

  async warmUp(): Promise<void> {
    this.rate = await this.servedRate(0);
  }

  async run(round: number): Promise<CurvePoint[]> {
    const { arena, book, settings, remarks } = this.measuring;
    const { name } = this.variant;
    const rate = (this.rate = await this.servedRate(round));
    const watch = new LiveWatch(this.origin);
    const secondsEach = settings.seconds;
    const flooded = await arena.load.flood({
      ...{ origin: this.origin, path: this.path, connections, secondsEach },
      firstUser: round * usersPerRound + mostUsers + 1,
      rates: multiples.map((multiple) => multiple * rate),
    });
    await watch.stop();
    const stepMs = secondsEach * 1_000;
    const curve = flooded.steps.map((step, index) => {
      const beginsAt = flooded.startedAt + index * stepMs;
      return curvePoint(step, secondsEach, watch.shareBetween(beginsAt, beginsAt + stepMs));
    });

    const write = (figure: string, value: number): void => {
      if (Number.isFinite(value)) book.write(`${name}-${figure}`, 'ours', round, value);
    };
    const [most, last] = [curve[tenfold], curve[again]];
    write('rate', rate);
    for (const [index, point] of curve.entries()) {
      for (const [what, value] of Object.entries<number>({ ...point }))
        write(`${stepName(index).replace(' ', '-')}/${what}`, value);
    }
    if (!most || !last) return curve;
    write('10x-offered', most.offered / rate);
    write('10x-served', most.served / rate);
    if (most.served > 0) write('10x-served-p99', most.servedP99);
    if (most.shed > 0) write('10x-shed-p99', most.shedP99);
    write('again-served', last.served / last.offered);

    for (const [index, { sent, planned, failed, why, shedWithoutRetryAfter }] of flooded.steps.entries()) {
      const step = `${name}, ${stepName(index)}`;
      if (sent < 0.95 * planned)
        remarks.add(
          `${step}: ${Math.round((sent / planned) * 100)} % of the planned requests could be offered (the generator used ${Math.round(flooded.coreShare * 100)} % of its core over all steps).`,
        );
      if (failed > 0) remarks.add(`${step}: ${failed} requests had no answer or a wrong one: ${why}.`);
      if (shedWithoutRetryAfter > 0)
        remarks.add(`${step}: ${shedWithoutRetryAfter} 503s without Retry-After.`);
    }
    if (curve.some(({ live }) => live < 1))
      remarks.add(`${name}: liveness checks were not always answered within 1 s.`);
    return curve;
  }

  /** The rate per second when every connection waits for its answer, with the connections of the other figures. */
  private async servedRate(round: number): Promise<number> {
    const { arena, settings } = this.measuring;
    const count = Math.round(Math.min(mostUsers, Math.max(fewestUsers, (this.rate * settings.seconds) / 2)));
    const { statuses, elapsedMs } = await arena.load.fire({
      ...{ method: 'POST', origin: this.origin, path: this.path, repeaters: 0, badTokens: 0 },
      connections: settings.connections,
      users: { first: round * usersPerRound + 1, count },
    });
    const served = [200, 202, 409].reduce((sum, status) => sum + (statuses[status] ?? 0), 0);
    return (served / elapsedMs) * 1_000;
  }
}
