import type { World } from './world.js';

/**
 * What a step is, to the question whether everything can still come to a good end:
 * - PROGRESS: somebody does what they are there for
 * - CHANCE: what nobody owes anybody: a fault, a newcomer, an operator's whim. A good end must be in reach without it.
 */
export const PROGRESS = 'progress';
export const CHANCE = 'chance';

/**
 * Receives each step that can be taken now.
 * @param say what happens, for a trace: called only when one is printed, after `change` has been made
 * @param change makes the step in the one `World`; it is put back afterwards
 */
export type Offer = (kind: typeof PROGRESS | typeof CHANCE, say: () => string, change: () => void) => void;

/** One participant: offers what it may do next. */
export type Participant = (world: World, offer: Offer) => void;
