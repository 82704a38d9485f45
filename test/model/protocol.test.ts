import {
  canRest,
  configurationNamed,
  configurations,
  shownBy,
  slowDays,
} from '../../verification/model/configurations.js';
import { explore } from '../../verification/model/explorer.js';
import { Graph } from '../../verification/model/liveness.js';
import { mutations, rules } from '../../verification/model/rules.js';
import { IS_DEEP } from '../support/depth.js';
import { States } from '../../verification/model/states.js';

// docs/protocol-model.md describes what is explored and what is not modelled.

jest.setTimeout(300_000);

/** Exploring all of them takes more than a minute: unless DEEP, every third. */
const explored = configurations.filter((_, at) => IS_DEEP || at % 3 === 0);

describe('with every rule obeyed, in each reachable state', () => {
  it.each(explored)('every promise holds, and a good rest can be reached: $about', ({ shape }) => {
    const { violation, isComplete, livenessChecked, goodRests, states, collisionOdds } = explore(
      shape,
      null,
      {
        liveness: true,
      },
    );
    expect(violation).toBeNull();
    expect({ isComplete, livenessChecked }).toEqual({ isComplete: true, livenessChecked: true });
    expect(goodRests).toBeGreaterThan(0);
    expect(states).toBeGreaterThan(100_000); // a configuration with few states shows little
    expect(collisionOdds).toBeLessThan(1e-6);
  });
});

const shown = new Set([
  ...Object.values(shownBy).map(([configuration]) => configuration),
  ...slowDays.map(({ name }) => name),
]);

describe('configurations that reveal a flaw', () => {
  it.each([...shown])('with nothing left out, every promise holds: %s', (configuration) => {
    const { shape } = configurationNamed(configuration);
    const { violation, isComplete } = explore(shape, null, { liveness: canRest(shape) });
    expect({ violation, isComplete }).toEqual({ violation: null, isComplete: true });
  });

  it.each([...rules, ...mutations])('%s', (flaw) => {
    const [configuration, promise] = shownBy[flaw];
    const { shape } = configurationNamed(configuration);
    const { violation } = explore(shape, flaw, { liveness: canRest(shape) });
    expect(violation?.promise).toMatch(new RegExp(`^${promise}: `));
    expect(violation?.trace.length).toBeGreaterThan(3);
  });
});

/** Steps that must be taken in some configuration. Otherwise the model shows nothing about them. */
const STEPS = [
  /^user n asks;/,
  /^user n asks again;/,
  /^user n gives up/,
  /decides on user n: NEW, arrival n, slot n$/,
  /decides on user n: KNOWN/,
  /decides on user n: FULL$/,
  /decides on user n: CLOSED$/,
  /decides on user n: STALE$/,
  /^the api reads the row/,
  /^the api writes the place of user n to Postgres$/,
  /^the api writes .* refused$/,
  /^user n is told: arrival n, slot n$/,
  /^user n is told: arrival n, in the line$/,
  /^user n is told: sold out$/,
  /the “full” of user n is void$/,
  /raises the epoch/,
  /^the rebuilder replaces nothing$/,
  /^the gate of epoch n is in place$/,
  /finds the gate of epoch n sound$/,
  /^the worker pays user n/,
  /^the wallet of user n is closed/,
  /^the gate is told: slot n of user n is paid$/,
  /is free, and gives it to user n$/,
  /rolled forward: durable$/,
  /rolled forward: fenced$/,
  /^the reaper looks at slot n of user n: settle$/,
  /^the reaper looks at slot n of user n: free$/,
  /^the reaper looks at slot n of user n: roll-forward$/,
  /^the reaper looks at the place/,
  /^the reaper begins a look, and finds the gate bad$/,
  /^an operator closes/,
  /^the line is ended in Postgres$/,
  /^the gate is told that the line has ended$/,
  /looks up the payout of user n: settled$/,
  /looks up the payout of user n: not found, to be sent again/,
  /^the provider has seen the key/,
  /^the provider rejects/,
  /^the answer on user n does not arrive/,
  /^a webhook says/,
  /^the provider forgets/,
  /^an operator reads the provider’s statement/,
  /^FAULT: an api dies/,
  /^FAULT: a worker dies/,
  /^FAULT: a reply is lost/,
  /^FAULT: user n stops waiting/,
  /^FAULT: FLUSHALL$/,
  /^FAULT: Redis restarts empty$/,
  /^FAULT: Redis is restored/,
  /^FAULT: a rebuilder loses its lock/,
  /^FAULT: the gate loses its available$/,
  /^FAULT: the database is set back/,
  /^FAULT: the standby is promoted/,
  /decides on user n: PAUSED$/,
  /decides on user n: DAMAGED$/,
  /^the api answers user n from Postgres/,
  /^the rebuilder drops the present gate/,
  /^the reaper finds the gate damaged$/,
  /^the reaper finds the gate ahead of Postgres$/,
  /^the gate notes the round$/,
  /^the reaper rings for slot n$/,
  /^a worker answers a ring$/,
  /^a worker has completed all that was due$/,
  /^an operator resumes/,
  /^an operator resumes payouts/,
  /^user n leaves the line$/,
  /^an operator revokes/,
  /^the payout of user n comes back$/,
  /^the gate is told: the payout of user n came back$/,
  /^the payout of user n is certainly not sent$/,
  /^the campaign is finished$/,
  /^the gate of the finished campaign is retired$/,
];

it('every kind of step is taken', () => {
  const steps = new Set<string>();
  for (const name of ['again', 'lost', 'bank', ...shown]) {
    explore(configurationNamed(name).shape, null, { liveness: false, maxStates: 60_000, steps });
  }
  expect(STEPS.filter((step) => ![...steps].some((taken) => step.test(taken)))).toEqual([]);
});

describe('the explorer', () => {
  it('recognises a state, and knows the path to it', () => {
    const states = new States();
    const numbers = Array.from({ length: 200_000 }, (_, i) => i);
    // Each pair shares one half of its fingerprint.
    const add = (state: number): number =>
      states.add(Math.imul(state >> 1, 0x9e3779b1) >>> 0, state & 1, Math.max(0, state - 1), state % 7);
    expect(numbers.map(add)).toEqual(numbers);
    expect(numbers.map(add)).toEqual(numbers);
    expect(states.size).toBe(numbers.length);
    expect(states.wayTo(9)).toEqual([1, 2, 3, 4, 5, 6, 0, 1, 2]);
  });

  it('finds exactly the states from which no good rest can be reached', () => {
    const graph = new Graph();
    for (const edges of [[1, 2], [0], [3, 4], [3], []]) {
      edges.forEach((to) => graph.edge(to));
      graph.endOfState();
    }
    graph.rest(4);
    expect(graph.firstWithoutRest()).toBe(3);
    graph.rest(3);
    expect(graph.firstWithoutRest()).toBeNull();
  });
});
