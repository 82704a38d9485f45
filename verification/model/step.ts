import type { World } from './world.js';

/**
 * The role of a step in the question whether a good rest can still be reached:
 * - PROGRESS: a participant does its work.
 * - CHANCE: a step that nobody owes: a fault, a newcomer, a decision of an operator. A good rest must be reachable
 *   without it.
 */
export const PROGRESS = 'progress';
export const CHANCE = 'chance';

/**
 * Receives each step that is possible now.
 * @param say describes the step for a trace; called only when one is printed, after `change`
 * @param change takes the step in the one `World`, which is restored afterwards
 */
export type Offer = (kind: typeof PROGRESS | typeof CHANCE, say: () => string, change: () => void) => void;

/** One participant: offers its possible next steps. */
export type Participant = (world: World, offer: Offer) => void;
