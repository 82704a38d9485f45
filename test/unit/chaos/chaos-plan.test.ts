import { planPeople } from '../../../tools/chaos/crowd/people.js';
import { hashOf, planChaos, seedsForEveryKind } from '../../../tools/chaos/plan/chaos-plan.js';
import { catalogueOf, type Provider } from '../../../tools/chaos/plan/fault-kinds.js';

const SECONDS = 20;
const providers: readonly Provider[] = ['http', 'ledger'];

describe.each(providers)('a plan of chaos, %s', (provider) => {
  it('is the same for the same seed, people included', () => {
    const plan = planChaos(7, SECONDS, provider);
    expect(planChaos(7, SECONDS, provider)).toEqual(plan);
    expect(hashOf(planChaos(7, SECONDS, provider))).toBe(hashOf(plan));
    expect(planPeople(planChaos(7, SECONDS, provider))).toEqual(planPeople(plan));
  });

  it('is another one for another seed, length or provider', () => {
    const hashes = Array.from({ length: 200 }, (_, seed) => hashOf(planChaos(seed, SECONDS, provider)));
    hashes.push(hashOf(planChaos(0, SECONDS + 1, provider)));
    hashes.push(hashOf(planChaos(0, SECONDS, provider === 'http' ? 'ledger' : 'http')));
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it.each([0, 1, 2, 40, 2 ** 31 - 3])(
    'has every kind of fault in three consecutive seeds, from %i on',
    (first) => {
      const { servers, links, bank } = catalogueOf(provider);
      const seeds = Array.from({ length: seedsForEveryKind }, (_, i) => first + i);
      const met = new Set(
        seeds.flatMap((seed) => planChaos(seed, SECONDS, provider).faults.map(({ kind }) => kind)),
      );
      expect([...met].sort()).toEqual([...servers, ...links, ...bank].sort());
    },
  );

  it('has all faults begin while people still come, in order of time, and on something that is there', () => {
    const targets = ['all', 'api1', 'api2', 'worker1', 'worker2', 'redis', 'postgres', 'bank'];
    for (let seed = 0; seed < 100; seed++) {
      const { faults } = planChaos(seed, SECONDS, provider);
      expect(faults.map(({ atMs }) => atMs)).toEqual(faults.map(({ atMs }) => atMs).sort((a, b) => a - b));
      for (const { kind, target, atMs, durationMs } of faults) {
        expect(targets).toContain(target);
        expect(kind.startsWith('link-bank-') && target.startsWith('api')).toBe(false);
        expect(atMs).toBeGreaterThanOrEqual(0);
        expect(atMs).toBeLessThan(0.85 * SECONDS * 1_000);
        expect(durationMs).toBeGreaterThan(0);
      }
    }
  });

  it('has some people that can not be paid, and more people than there is room for', () => {
    const plan = planChaos(7, SECONDS, provider);
    const people = planPeople(plan);
    expect(people).toHaveLength(plan.users);
    expect(new Set(people.map(({ userId }) => userId)).size).toBe(plan.users);
    expect(people.filter(({ isUnpayable }) => isUnpayable).length).toBeGreaterThan(0);
    expect(plan.capacity).toBeLessThan(plan.users);
  });
});
