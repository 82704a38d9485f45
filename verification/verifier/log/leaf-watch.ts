import type { Logged } from '../replay/logged.js';

/** Sees every leaf of the log that was given in full, in order. */
export interface LeafWatch {
  see(logged: Logged): void;
}
