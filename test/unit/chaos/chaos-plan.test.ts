import { planPeople } from '../../../verification/chaos/crowd/people.js';
import { type ChaosPlan, hashOf, planChaos } from '../../../verification/chaos/plan/chaos-plan.js';
import { seedsForEveryKind } from '../../../verification/chaos/plan/draw-faults.js';
import { catalogueOf, type Provider } from '../../../verification/chaos/plan/fault-kinds.js';
import type { PlannedFault } from '../../../verification/chaos/plan/planned-fault.js';

const SECONDS = 20;
const providers: readonly Provider[] = ['http', 'ledger'];

describe.each(providers)('a chaos plan, %s', (provider) => {
  it('is the same for the same seed, including the people', () => {
    const plan = planChaos(7, SECONDS, provider);
    expect(planChaos(7, SECONDS, provider)).toEqual(plan);
    expect(hashOf(planChaos(7, SECONDS, provider))).toBe(hashOf(plan));
    expect(planPeople(planChaos(7, SECONDS, provider))).toEqual(planPeople(plan));
  });

  it('differs for another seed, length or provider', () => {
    const hashes = Array.from({ length: 200 }, (_, seed) => hashOf(planChaos(seed, SECONDS, provider)));
    hashes.push(hashOf(planChaos(0, SECONDS + 10, provider)));
    hashes.push(hashOf(planChaos(0, SECONDS, provider === 'http' ? 'ledger' : 'http')));
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it.each([0, 1, 2, 40, 2 ** 31 - 3])(
    'has every kind of fault in three consecutive seeds, starting with %i',
    (first) => {
      const { servers, links, bank } = catalogueOf(provider);
      const seeds = Array.from({ length: seedsForEveryKind }, (_, i) => first + i);
      const met = new Set(
        seeds.flatMap((seed) => planChaos(seed, SECONDS, provider).faults.map(({ kind }) => kind)),
      );
      expect([...met].sort()).toEqual([...servers, ...links, ...bank].sort());
    },
  );

  it('has some people who cannot be paid, and more people than slots', () => {
    const plan = planChaos(7, SECONDS, provider);
    const people = planPeople(plan);
    expect(people).toHaveLength(plan.users);
    expect(new Set(people.map(({ userId }) => userId)).size).toBe(plan.users);
    expect(people.filter(({ isUnpayable }) => isUnpayable).length).toBeGreaterThan(0);
    expect(plan.capacity).toBeLessThan(plan.users);
  });
});

const takesAway =
  /^(kill|term|freeze)-|^postgres-(stall|restart|standby|restore)$|^redis-(empty|older|pause)$/;

/** Whether a fault keeps its process or server away at this time, judged by its kind alone. The planner adds margin. */
function isAway(fault: PlannedFault, thing: string, atMs: number): boolean {
  const { kind, target, durationMs } = fault;
  if (target !== thing || !takesAway.test(kind)) return false;
  const restarts = /^(kill|term)-/.test(kind) && /^(api|worker)/.test(target);
  return atMs >= fault.atMs && atMs < fault.atMs + durationMs + (restarts ? 2_500 : 0);
}

const losesGate =
  /^kill-redis$|^redis-(flushall|empty|older|script-flush|key-lost|two-masters)$|^postgres-(standby|restore)$/;

const isOfLink = ({ kind }: PlannedFault): boolean => kind.startsWith('link-');
const lasts = ({ kind, target }: PlannedFault): boolean => target === 'bank' && kind.startsWith('bank-');
const ownersOf = ({ kind, target }: PlannedFault): string[] => {
  const role = kind.startsWith('link-api') ? 'api' : kind.startsWith('link-bank') ? 'worker' : '';
  const all = ['api1', 'api2', 'worker1', 'worker2'].filter((name) => name.startsWith(role));
  return target === 'all' || target === 'busiest' ? all : [target];
};
const linkOf = ({ kind }: PlannedFault): string => kind.split('-')[1] ?? '';

/** Each rule returns what would prevent a fault from having an effect at its planned time. */
const RULES: Readonly<Record<string, (fault: PlannedFault, plan: ChaosPlan) => unknown>> = {
  'its target exists': ({ target, durationMs, kind }) =>
    durationMs <= 0 ||
    (kind.startsWith('link-bank-')
      ? !['all', 'busiest'].includes(target) // nobody knows beforehand which worker pays
      : !['all', 'api1', 'api2', 'worker1', 'worker2', 'redis', 'postgres', 'bank'].includes(target)),
  'it begins while people arrive': ({ atMs }, { spanMs }) => atMs < 0 || atMs > 0.85 * spanMs,
  'its process is up': (fault, { faults }) =>
    !isOfLink(fault) &&
    !lasts(fault) &&
    faults.find((other) => other !== fault && isAway(other, fault.target, fault.atMs)),
  'a server has one fault at a time': (fault, { faults }) =>
    !isOfLink(fault) &&
    !lasts(fault) &&
    faults.find(
      (other) =>
        other !== fault &&
        !isOfLink(other) &&
        !lasts(other) &&
        other.target === fault.target &&
        fault.atMs >= other.atMs &&
        fault.atMs < other.atMs + other.durationMs,
    ),
  'there is a gate for it': (fault, { faults }) =>
    losesGate.test(fault.kind) &&
    fault.kind !== 'kill-redis' &&
    faults.find(
      (other) =>
        other !== fault &&
        losesGate.test(other.kind) &&
        fault.atMs >= other.atMs &&
        fault.atMs < other.atMs + other.durationMs + 1_500,
    ),
  'a gate that was lost has been rebuilt': (fault, { faults }) => {
    if (!losesGate.test(fault.kind) || fault.kind === 'kill-redis') return false;
    const lost = faults.filter(({ kind, atMs }) => losesGate.test(kind) && atMs < fault.atMs).at(-1);
    if (!lost) return false;
    const looks = Array.from({ length: (fault.atMs - lost.atMs) / 100 }, (_, i) => lost.atMs + i * 100);
    return (
      looks.filter((atMs) => !faults.some((other) => isAway(other, 'postgres', atMs))).length < 12 && lost
    );
  },
  'both ends of its link are up': (fault, { faults }) => {
    const link = linkOf(fault);
    const ends = [...ownersOf(fault), ...(link === 'api' ? [] : [link])];
    return isOfLink(fault) && faults.find((other) => ends.some((end) => isAway(other, end, fault.atMs)));
  },
  'its link has no other fault': (fault, { faults }) =>
    isOfLink(fault) &&
    faults.find(
      (other) =>
        other !== fault &&
        isOfLink(other) &&
        linkOf(other) === linkOf(fault) &&
        ownersOf(other).some((owner) => ownersOf(fault).includes(owner)) &&
        fault.atMs >= other.atMs &&
        fault.atMs < other.atMs + other.durationMs,
    ),
  'a process can start again at once': (fault, { faults }) => {
    if (!/^(kill|term)-(api|worker)$/.test(fault.kind)) return false;
    const startsAt = fault.atMs + (fault.kind.startsWith('kill') ? fault.durationMs : 3_000);
    const isInItsWay = (other: PlannedFault): boolean =>
      isOfLink(other)
        ? ['postgres', 'redis'].includes(linkOf(other)) &&
          ownersOf(other).includes(fault.target) &&
          other.atMs < startsAt + 2_500 &&
          startsAt < other.atMs + other.durationMs
        : ['postgres', 'redis'].some((server) =>
            [0, 1_000, 2_000].some((later) => isAway(other, server, startsAt + later)),
          );
    return faults.find(isInItsWay);
  },
  'payouts are still to be made': ({ kind, atMs }, { spanMs }) =>
    (kind.startsWith('link-bank-') || kind.startsWith('bank-')) && atMs > Math.ceil(spanMs / 2),
  'payouts are in doubt, and looked up': (fault, { faults }) =>
    fault.kind.startsWith('bank-get') &&
    !faults.some(
      ({ kind, atMs, durationMs }) =>
        kind === 'bank-errorAfter' && Math.max(atMs, fault.atMs) < atMs + durationMs && lasts(fault),
    ),
  'the database was not set back recently': (fault, { faults }) =>
    fault.declares !== undefined &&
    faults.find(
      ({ declares, atMs }) => declares !== undefined && atMs < fault.atMs && fault.atMs - atMs < 10_000,
    ),
};

describe('2,000 plans', () => {
  const plans = Array.from({ length: 2_000 }, (_, i) => {
    return planChaos(
      (i * 1_071_301) % 2 ** 31,
      [15, 20, 25, 60][i % 4] ?? 0,
      i % 3 === 0 ? 'ledger' : 'http',
    );
  });

  it.each(Object.entries(RULES))('%s', (_, isBroken) => {
    const broken = plans.flatMap((plan) =>
      plan.faults.flatMap((fault) => {
        const by = isBroken(fault, plan);
        return by ? [{ seed: plan.seed, spanMs: plan.spanMs, fault, by }] : [];
      }),
    );
    expect(broken.slice(0, 3)).toEqual([]);
  });

  it('are in chronological order, and hardly longer than requested', () => {
    for (const [index, { faults, spanMs }] of plans.entries()) {
      expect(faults.map(({ atMs }) => atMs)).toEqual(faults.map(({ atMs }) => atMs).sort((a, b) => a - b));
      expect(spanMs).toBeLessThanOrEqual(Math.max(50_000, ([15, 20, 25, 60][index % 4] ?? 0) * 1_000));
    }
  });

  it('stall Postgres for longer than twice every time-out of the service', () => {
    const stalls = plans.flatMap(({ faults }) => faults.filter(({ kind }) => kind === 'postgres-stall'));
    expect(Math.min(...stalls.map(({ durationMs }) => durationMs))).toBeGreaterThan(2 * (3_000 + 1_000));
  });
});
