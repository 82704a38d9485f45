import { Graph } from './liveness.js';
import { brokenPromise, isGoodRest } from './promises.js';
import { protocol } from './protocol.js';
import type { Flaw } from './rules.js';
import { collisionOdds, doubled, States } from './states.js';
import { type Offer, PROGRESS } from './step.js';
import { tell } from './trace.js';
import { type Shape, World } from './world.js';

export interface Limits {
  /** Whether every state must be able to reach a good rest. Takes memory for every transition. */
  readonly liveness: boolean;
  readonly maxStates?: number;
  readonly maxMs?: number;
  /** Collects the texts of all steps, without numbers, to verify that every step of the model is used. */
  readonly steps?: Set<string>;
}

export interface Violation {
  /** What was broken, beginning with the promise. */
  readonly promise: string;
  /** The shortest path there, one line per step. */
  readonly trace: readonly string[];
}

export interface Exploration {
  readonly states: number;
  readonly transitions: number;
  /** The length of the longest shortest path. */
  readonly depth: number;
  readonly ms: number;
  /** Whether every reachable state was explored; else a limit was reached or a violation found. */
  readonly isComplete: boolean;
  readonly livenessChecked: boolean;
  readonly goodRests: number;
  readonly collisionOdds: number;
  readonly violation: Violation | null;
}

/**
 * Takes every step from every reachable state, breadth first, and checks every promise in every state. Stops at the
 * first violation: no shorter one exists.
 */
export function explore(shape: Shape, flaw: Flaw | null, limits: Limits): Exploration {
  const started = performance.now();
  const world = new World(shape, flaw);
  const states = new States();
  const graph = limits.liveness ? new Graph() : null;
  const fingerprint = new Uint32Array(2);
  const size = world.words.length;
  let level = new Queue(size);
  let nextLevel = new Queue(size);
  let transitions = 0;
  let depth = 0;
  let found: { state: number; promise: string } | null = null;

  /** Records the current state as reached from `parent`. */
  const reach = (parent: number, step: number): number => {
    world.makeCanonical();
    hash(world.words, fingerprint);
    const before = states.size;
    const state = states.add(fingerprint[0]!, fingerprint[1]!, parent, step);
    if (state === before) {
      nextLevel.push(world.words);
      if (graph && isGoodRest(world)) graph.rest(state);
      const promise = brokenPromise(world);
      if (promise !== null) found ??= { state, promise };
    }
    return state;
  };

  reach(0, 0);
  const isOver = (): boolean =>
    found !== null ||
    states.size >= (limits.maxStates ?? Infinity) ||
    (limits.maxMs !== undefined && performance.now() - started > limits.maxMs);

  let parent = 0;
  let step = 0;
  const current = new Uint32Array(size);
  const putBack = (): void => {
    for (let i = 0; i < size; i++) world.words[i] = current[i]!;
  };
  const offer: Offer = (kind, say, change) => {
    change();
    limits.steps?.add(say().replace(/\d+/g, 'n'));
    const at = step++;
    transitions++;
    if (world.broken !== null) {
      found ??= { state: states.add(states.size, 0xffffffff, parent, at), promise: world.broken };
      world.broken = null;
    } else {
      const state = reach(parent, at);
      if (kind === PROGRESS) graph?.edge(state);
    }
    putBack();
  };

  while (nextLevel.length > 0 && !isOver()) {
    [level, nextLevel] = [nextLevel, level];
    nextLevel.clear();
    for (let i = 0; i < level.length && !isOver(); i++) {
      level.get(i, current);
      putBack();
      step = 0;
      protocol(world, offer);
      graph?.endOfState();
      parent++;
    }
    if (nextLevel.length > 0) depth++;
  }

  const isComplete = nextLevel.length === 0 && found === null && !isOver();
  if (graph && isComplete) {
    const lost = graph.firstWithoutRest();
    if (lost !== null) found = { state: lost, promise: 'P8: from here on no good rest can be reached' };
  }
  return {
    states: states.size,
    transitions,
    depth,
    ms: Math.round(performance.now() - started),
    isComplete,
    livenessChecked: graph !== null && isComplete,
    goodRests: graph?.restCount ?? 0,
    collisionOdds: collisionOdds(states.size),
    violation: found && {
      promise: found.promise,
      trace: tell(new World(shape, flaw), states.wayTo(found.state)),
    },
  };
}

/** Full states of one depth. */
class Queue {
  private words: Uint32Array;
  length = 0;

  constructor(private readonly size: number) {
    this.words = new Uint32Array(size * 1024);
  }

  push(state: Uint32Array): void {
    const at = this.length++ * this.size;
    if (at === this.words.length) this.words = doubled(this.words);
    for (let i = 0; i < this.size; i++) this.words[at + i] = state[i]!;
  }

  get(i: number, into: Uint32Array): void {
    const at = i * this.size;
    for (let j = 0; j < this.size; j++) into[j] = this.words[at + j]!;
  }

  clear(): void {
    this.length = 0;
  }
}

// Looked up once: under Jest every access to a global is slow.
const { imul } = Math;

/** Two independent 32-bit hashes (multiply, rotate, and mix at the end, as in xxHash and MurmurHash). */
function hash(words: Uint32Array, into: Uint32Array): void {
  let a = 0x9e3779b1;
  let b = 0x85ebca77;
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    a = imul(a ^ word, 0xcc9e2d51);
    a = (a << 15) | (a >>> 17);
    b = imul(b + word, 0xc2b2ae3d);
    b = (b << 13) | (b >>> 19);
    b ^= a;
  }
  into[0] = stir(a, 0x85ebca6b);
  into[1] = stir(b, 0x27d4eb2f);
}

function stir(value: number, factor: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = imul(mixed, factor);
  mixed ^= mixed >>> 13;
  mixed = imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
